"""A clinic with its people and a record of everything, so that each route can be asked for something that is there."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import count
from typing import Any
from urllib.parse import quote

from fastapi.routing import iter_route_contexts
from fastapi.testclient import TestClient

from api.actor import Actor
from api.pages.tables import Table, Tables
from api.people import sessions
from api.records import sign_offs
from tests.people.conftest import ADDRESS, CALM, PASSWORD, PUBLIC, Clinic
from triage.population.summary import Summary
from triage.presenting import by_problem

OPEN = {"facts": {"lean": "none", "hazards": []}}
"""A referral with questions that a referrer may be asked."""
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
FORM = {"content-type": "application/x-www-form-urlencoded"}
PEOPLE = (
    "nobody", "coordinator", "clinician", "sender", "provider", "auditor", "admin", "elsewhere", "elsewhere-admin",
)  # fmt: skip
"""Who asks: `sender` is the provider whose referral it is, `provider` another one, `elsewhere` another clinic's."""


@dataclass(frozen=True, order=True)
class Route:
    """A method and a path with its parameters' names."""

    path: str
    method: str

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def is_unsafe(self) -> bool:
        """Whether a request changes anything."""
        return self.method in UNSAFE

    @property
    def is_page(self) -> bool:
        """Whether a browser sends it, as a form."""
        return not self.path.startswith("/v1/")


def routes(app: Any) -> list[Route]:
    """Every route that the application has; a folder of files, which names no methods, by its style sheets' address."""
    listed = []
    for context in iter_route_contexts(app.routes):
        methods = set(context.methods or {"GET"}) - {"HEAD"}
        path = f"{context.path}/form.js" if context.methods is None else str(context.path)
        listed += [Route(path, method) for method in methods]
    return sorted(listed)


@dataclass(frozen=True)
class Sent:
    """A request about something that is there: its address, body and headers."""

    address: str
    body: bytes | None = None
    headers: dict[str, Any] = field(default_factory=dict)


@dataclass
class World:
    """A clinic that others reach by https, where each person of `PEOPLE` has an account and an API key."""

    clinic: Clinic
    _numbers: Iterator[int] = field(default_factory=count)

    def __post_init__(self) -> None:
        self.clinic.add("sender", "provider")
        self.clinic.add("elsewhere", "clinician", "other")
        self.clinic.add("elsewhere-admin", "admin", "other")

    @cached_property
    def keys(self) -> dict[str, str]:
        """An API key of each person."""
        return {person: self.clinic.key(person) for person in PEOPLE[1:]}

    @cached_property
    def client(self) -> TestClient:
        """A client without a session."""
        return self.clinic.client(PUBLIC if self.clinic.state.settings.is_secure else ADDRESS)

    def headers(self, person: str) -> dict[str, str]:
        """What someone sends to say who they are."""
        return {} if person == "nobody" else {"Authorization": f"Bearer {self.keys[person]}"}

    def send(self, route: Route, person: str, sent: Sent | None = None, **headers: str) -> Any:
        """Send a request of a route as someone, about something that was made for it."""
        request = sent or self.about(route)
        all_headers = {**request.headers, **self.headers(person), **headers}
        return self.client.request(route.method, request.address, content=request.body, headers=all_headers)

    def about(self, route: Route) -> Sent:
        """A request of a route that is well formed and about something that the sender, or the clinic, has."""
        address = route.path
        for name in ("id_", "token", "rule_id", "key", "name"):
            if f"{{{name}}}" in address:
                address = address.replace(f"{{{name}}}", self._parameter(route, name))
        headers = {"If-Match": '"1"'} if route.is_unsafe else {}
        body = self._body(route)
        if body is None or not route.is_page:
            return Sent(address, None if body is None else json.dumps(body).encode(), headers)
        return Sent(address, "&".join(f"{name}={text}" for name, text in body.items()).encode(), headers | FORM)

    def _parameter(self, route: Route, name: str) -> str:
        match name:
            case "rule_id":
                return str(self.client.get("/v1/rules", headers=self.headers("auditor")).json()["rules"][0]["id"])
            case "token" if "/replies/" in route.path:
                return self.reply_token()
            case "token":
                return self.sign_in_token()
            case "key":
                return self.table().folder.name
            case "name":
                return "outcomes.csv"
            case _:
                return self._id(route)

    def _id(self, route: Route) -> str:
        """The id of what a route is about."""
        makers = {
            "/rules/problems": lambda: self._problem,
            "/cohort/kept": self.kept_table,
            "/rules/sign-offs": self.sign_off,
            "/v1/accounts": self.account,
            "/v1/keys": self.key,
            "/v1/drafts": self.draft,
        }
        return next((make() for start, make in makers.items() if route.path.startswith(start)), None) or self.record()

    def _body(self, route: Route) -> dict[str, Any] | None:
        bodies: dict[str, dict[str, Any]] = {
            "/v1/evaluate": CALM, "/v1/explain": CALM, "/v1/assessments": CALM, "/v1/drafts": CALM,
            "/v1/assessments/{id_}": {"status": "trying"},
            "/v1/assessments/{id_}/contact-attempts": {"outcome": "no_answer"},
            "/v1/assessments/{id_}/amend": CALM, "/v1/assessments/{id_}/decision": {"decision": "agree"},
            "/v1/drafts/{id_}": CALM, "/v1/replies/{token}": {"facts": {"nestlings": "none"}},
            "/v1/accounts": {"login": f"new-{next(self._numbers)}", "role": "auditor"},
            "/v1/accounts/{id_}": {"role": "auditor"}, "/v1/accounts/{id_}/keys": {"name": "one"},
            "/assessments/{id_}/status": {"status": "trying", "revision": "1"},
            "/assessments/{id_}/attempts": {"outcome": "no_answer"},
            "/": {"lean": "none"}, "/assess": {"lean": "none"}, "/panel": {"lean": "none"},
            "/sign-in": {"login": "coordinator", "password": quote(PASSWORD)}, "/sign-out": {}, "/cohort": {},
            "/cohort/{key}/forget": {}, "/cohort/{key}/keep": {"name": "May"}, "/cohort/kept/{id_}/delete": {},
            "/rules/problems/{id_}/sign-off": {"verdict": "agree"},
            "/rules/sign-offs/{id_}/withdraw": {}, "/account/sessions": {"present": "not the password"},
            "/account/password": {"present": "not the password", "new": "short"},
        }  # fmt: skip
        if route.path in ("/v1/export", "/v1/erase"):
            return {"id": self.record()}
        return bodies.get(route.path) if route.is_unsafe else None

    def record(self, referral: dict[str, Any] = CALM) -> str:
        """A record that the sender sent."""
        return str(self._made("/v1/assessments", referral, "sender")["id"])

    def draft(self) -> str:
        """A draft that the sender began."""
        return str(self._made("/v1/drafts", CALM, "sender")["id"])

    def reply_token(self) -> str:
        """The token of a link to the questions of a record."""
        link = f"/v1/assessments/{self.record(OPEN)}/reply-link"
        return str(self._made(link, None, "clinician")["token"])

    def sign_in_token(self) -> str:
        """The token of a link that signs the coordinator in once."""
        at, id_ = self.clinic.clock(), self.clinic.ids["coordinator"]
        return str(self.clinic.write(lambda transaction: sessions.make_link(transaction, at, id_)))

    def table(self, owner: str = "coordinator") -> Table:
        """A table that someone uploaded, with what it came to."""
        tables = self.clinic.app.state.tables
        assert isinstance(tables, Tables)
        for old in tables._came:
            old.forget()  # as many are held as may be
        table = tables.hold("list.csv", owner)
        (table.folder / "outcomes.csv").write_text("reference,level\n")
        table.finish(Summary())
        return table

    def kept_table(self) -> str:
        """The id of a table that the coordinator kept."""
        sent = self.headers("coordinator") | FORM
        kept = self.client.post(f"/cohort/{self.table().folder.name}/keep", content=b"name=May", headers=sent)
        assert kept.status_code == 303, kept.text
        return str(kept.headers["location"].rpartition("/")[2])

    @property
    def _problem(self) -> str:
        return by_problem.problems(self.clinic.state.ruleset)[0].id

    def sign_off(self) -> str:
        """The id of a clinician's request to sign the rules of a problem."""
        at, by = self.clinic.clock(), Actor("clinician", "clinician", "clinic")
        new = sign_offs.NewSignOff(self._problem, None, "agree", "Dr Weiss", "", {"rule": "1"}, "1")
        return str(self.clinic.write(lambda transaction: sign_offs.ask(transaction, at, by, new)))

    def account(self) -> str:
        """An account of the clinic."""
        new = {"login": f"made-{next(self._numbers)}", "role": "coordinator"}
        return str(self._made("/v1/accounts", new, "admin")["id"])

    def key(self) -> str:
        """The id of a key of an account of the clinic."""
        return str(self._made(f"/v1/accounts/{self.account()}/keys", {"name": "one"}, "admin")["key"]["id"])

    def _made(self, address: str, body: dict[str, Any] | None, person: str) -> Any:
        sent = self.headers(person) | {"If-Match": '"1"'}
        response = self.client.post(address, json=body, headers=sent)
        assert response.status_code == 201, response.text
        return response.json()
