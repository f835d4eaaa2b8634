"""Generated requests, sent as each role beside the records of another practice and of another clinic.

Nothing fails, what is answered is what the description says, and nobody is shown what is not theirs.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count, cycle
from pathlib import Path
from typing import Any, cast

import pytest
from hypothesis import given, settings
from schemathesis import Case, GenerationMode, Response
from schemathesis.checks import CheckContext
from schemathesis.python.asgi import ASGIClient, get_client

from api.actor import Role
from api.app import create_app
from api.people.commands import desk
from api.people.model import NewKey
from api.request import State
from api.storage.database import sqlite_address
from tests.api.signed_in import REFERRAL, REVISION, ROLES, Asker, Client, bearer, make_keys
from tests.api.test_schemathesis import CHECKS, DEEP, QUICK, fails_nowhere
from tests.api.test_schemathesis import operations as operations
from tests.api.test_schemathesis import state as state
from triage.settings import Settings

FEW = settings(QUICK, max_examples=2)
PRACTICE, CLINIC = "planted-of-another-practice", "planted-of-another-clinic"
"""What stands in every text of another's records: as reference, quote, note and login."""


@dataclass
class Others:
    """What another practice of the clinic has, and another clinic: ids by address, and texts that nobody else sees."""

    ids: dict[str, list[str]] = field(default_factory=dict)
    secrets: dict[str, list[str]] = field(default_factory=dict)

    def keep(self, owner: str, path: str, id_: str) -> None:
        """Keep the id of something of another."""
        self.ids.setdefault(path, []).append(id_)
        self.secrets.setdefault(owner, [owner]).append(id_)

    def secrets_from(self, role: Role) -> list[str]:
        """What may be in no response to a role: of another practice only a provider may see nothing."""
        return [*self.secrets[CLINIC], *(self.secrets[PRACTICE] if role == "provider" else ())]


@dataclass
class AsRole:
    """A running service that is asked as one role: about what is its own, then about what is another's, in turn."""

    client: ASGIClient
    asker: Asker
    others: Others
    role: Role
    shown: list[str] = field(default_factory=list)
    _turn: Iterator[bool] = field(default_factory=lambda: cycle((True, False)))

    def answer(self, case: Case[Any]) -> None:
        """Send a generated request with the key of the role, and hold what is answered to the checks."""
        operation = case.operation
        if case.meta is not None and not case.meta.generation.mode.is_negative:
            case.path_parameters = self._about(operation.path) or case.path_parameters
        checks = [*CHECKS, fails_nowhere, self._shows_nothing_of_others]
        headers = bearer(self.asker.keys[self.role])
        case.call_and_validate(session=cast("Any", self.client), headers=headers, checks=checks)

    def _about(self, path: str) -> dict[str, str]:
        ids = next((ids for start, ids in self.others.ids.items() if path.startswith(f"{start}/{{")), None)
        if ids is not None and next(self._turn):
            return {"id_": ids[len(self.shown) % len(ids)]}
        return self.asker.about(path)

    def _shows_nothing_of_others(self, _context: CheckContext, response: Response, case: Case[Any]) -> None:
        """No response has what is another's, unless the request itself named it."""
        self.shown.append(case.operation.path)
        sent = f"{response.request.url} {response.request.body!r}"
        shown = [text for text in self.others.secrets_from(self.role) if text in response.text and text not in sent]
        assert shown == [], response.text


@pytest.fixture
def as_roles(state: State, tmp_path: Path) -> Iterator[dict[Role, AsRole]]:
    """The service, asked as each role."""
    settings_ = state.settings.model_copy(update={"database_url": sqlite_address(tmp_path / "records.sqlite")})
    keys = make_keys(settings_) | _keys_of_others(settings_)
    with get_client(cast("Any", create_app(state=replace(state, settings=settings_)))) as client:
        others, numbers = _seed(cast("Client", client), keys), count()

        def asker(role: Role) -> Asker:
            return Asker(cast("Client", client), keys, _sender(role), numbers)

        yield {role: AsRole(client, asker(role), others, role) for role in ROLES}


def _sender(role: Role) -> Role:
    return "provider" if role == "provider" else "clinician"


def _keys_of_others(chosen: Settings) -> dict[str, str]:
    whole = NewKey("test", ("read", "write"), 1)
    with desk(chosen) as open_desk:
        open_desk.add("another-practice", "provider", None)
        keys = {PRACTICE: open_desk.key("another-practice", whole).secret}
    with desk(chosen, "another-clinic") as open_desk:
        for login, role in ((f"{CLINIC}-clinician", "clinician"), (f"{CLINIC}-admin", "admin")):
            open_desk.add(login, cast("Role", role), None)
            keys[login] = open_desk.key(login, whole).secret
    return keys


def _seed(client: Client, keys: dict[str, str]) -> Others:
    """Records and drafts of another practice and of another clinic, with something done about each."""
    others = Others()

    def post(key: str, path: str, body: Any) -> Any:
        response = client.request("POST", path, json=body, headers=bearer(keys[key]) | REVISION)
        assert response.status_code in (200, 201), response.text
        return response.json()

    for owner, sender, clinician in (
        (PRACTICE, PRACTICE, "clinician"), (CLINIC, f"{CLINIC}-clinician", f"{CLINIC}-clinician"),
    ):  # fmt: skip
        referral = {**REFERRAL, "reference": owner, "quotes": {"age_years": owner}}
        for path in ("/v1/assessments", "/v1/drafts"):
            others.keep(owner, path, post(sender, path, referral)["id"])
        decided = post(sender, "/v1/assessments", referral)["id"]
        others.keep(owner, "/v1/assessments", decided)
        override = {
            "decision": "override",
            "level": "emergency",
            "reason_code": "other",
            "reason": owner,
            "signed_as": owner,
        }
        post(clinician, f"/v1/assessments/{decided}/decision", override)
        post(clinician, f"/v1/assessments/{decided}/contact-attempts", {"outcome": "no_answer", "note": owner})
    admin = f"{CLINIC}-admin"
    accounts = client.request("GET", "/v1/accounts", headers=bearer(keys[admin])).json()["accounts"]
    for account in accounts:
        others.keep(CLINIC, "/v1/accounts", account["id"])
        listed = client.request("GET", f"/v1/accounts/{account['id']}/keys", headers=bearer(keys[admin])).json()
        for key in listed["keys"]:
            others.keep(CLINIC, "/v1/keys", key["id"])
    return others


def _tried(as_roles: dict[Role, AsRole], operations: tuple[Any, ...], profile: settings) -> int:
    """Send generated requests to every operation as each role, well and badly formed; gives how many were answered."""
    for operation in operations:
        for mode in GenerationMode:
            if mode.is_negative and not (operation.body or operation.headers):
                continue

            @profile
            @given(operation.as_strategy(generation_mode=mode))
            def holds(case: Case[Any]) -> None:
                for asked in as_roles.values():
                    asked.answer(case)

            holds()
    return sum(len(asked.shown) for asked in as_roles.values())


def test_nothing_fails_and_nobody_is_shown_what_is_anothers(
    as_roles: dict[Role, AsRole], operations: tuple[Any, ...]
) -> None:
    assert _tried(as_roles, operations, FEW) >= 10 * len(operations)
    for asked in as_roles.values():
        assert set(asked.shown) == {operation.path for operation in operations}


def test_what_is_anothers_would_be_seen(as_roles: dict[Role, AsRole]) -> None:
    """Whose it is is shown it, so that the search for it finds something."""
    asked = as_roles["coordinator"]
    for key, seen in (("coordinator", PRACTICE), (f"{CLINIC}-clinician", CLINIC)):
        listed = asked.client.request("GET", "/v1/assessments", headers=bearer(asked.asker.keys[key])).text
        assert seen in listed
    assert set(asked.others.secrets_from("coordinator")) < set(asked.others.secrets_from("provider"))


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_nothing_fails_in_thousands_of_requests_as_each_role(
    as_roles: dict[Role, AsRole], operations: tuple[Any, ...]
) -> None:
    assert _tried(as_roles, operations, settings(DEEP, max_examples=60)) >= 15_000
