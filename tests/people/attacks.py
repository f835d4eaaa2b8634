"""Ways to get at what is not one's own, each tried and counted. ``python -m tests.people.tried`` prints the table.

An attack gives every try with whether it was let in. What an attack is tried on comes from the application: its routes,
its forms, the texts of its bodies, so that a new one is tried as well.
"""

from __future__ import annotations

import csv
import re
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from html.parser import HTMLParser
from io import StringIO
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

from pydantic import SecretStr
from sqlalchemy import select

from api.people import lockout, sessions
from api.records import webhooks
from api.storage.audit import verify
from api.storage.tables import metadata, records
from tests.api.test_served import HALF, serve
from tests.conftest import FIXTURE_RULES
from tests.people.access import table
from tests.people.conftest import CALM, HASHED, PASSWORD, PUBLIC, sign_in
from tests.people.fields import Place, places, with_text
from tests.people.world import PEOPLE, Route, World, routes
from triage.population import upload
from triage.settings import Settings

FALLING = {"facts": {"lean": "falling", "hazards": ["power_line"], "nesting": "none"}}
PLANTED = "planted-reference"
COOKIE = "__Host-session"


@dataclass(frozen=True)
class Try:
    """One try: what was sent, and whether it was let in."""

    what: str
    let_in: bool


Attack = Callable[[World], Iterator[Try]]


def _asked(world: World) -> list[Route]:
    """The routes that need a sign-in."""
    rows = table()
    return [route for route in routes(world.clinic.app) if rows[str(route)]["nobody"] == "401"]


def _session(world: World, person: str) -> str:
    """The token of a new session of someone."""
    client = world.clinic.client(PUBLIC)
    sign_in(client, person)
    return client.cookies[COOKIE]


def _is_in(response: Any) -> bool:
    return response.status_code not in (401, 403, 404)


def another_referrers_record(world: World) -> Iterator[Try]:
    """Every route to a record, draft, table or account, and every list, asked by whoever may not see it."""
    rows = table()
    tokens = {person: _session(world, person) for person in PEOPLE[1:]}
    for route in routes(world.clinic.app):
        for person in (person for person in PEOPLE[1:] if rows[str(route)][person] == "404"):
            by_session = {"Authorization": "", "Cookie": f"{COOKIE}={tokens[person]}"}
            for headers in ({}, by_session):
                response = _without_key(world, route, headers) if headers else world.send(route, person)
                yield Try(f"{route} by {person}", response.status_code != 404)
    seen = world.client.post("/v1/assessments", json={**CALM, "reference": PLANTED}, headers=world.headers("sender"))
    id_ = seen.json()["id"]
    lists = [route for route in routes(world.clinic.app) if "{" not in route.path and not route.is_unsafe]
    for route in lists:
        for person in ("nobody", "provider", "elsewhere", "admin", "elsewhere-admin"):
            for query in ("", f"?reference={PLANTED}", f"?id={id_}"):
                response = world.client.get(route.path + query, headers=world.headers(person))
                shown = id_ in response.text or (PLANTED in response.text and not query)
                yield Try(f"{route}{query} by {person}", shown)


def _without_key(world: World, route: Route, headers: dict[str, str]) -> Any:
    sent = world.about(route)
    all_headers = {**sent.headers, "Cookie": headers["Cookie"]}
    return world.clinic.client(PUBLIC).request(route.method, sent.address, content=sent.body, headers=all_headers)


def beyond_ones_role(world: World) -> Iterator[Try]:
    """Every route, by the session of everyone whose role may not use it."""
    rows = table()
    for person in PEOPLE[1:]:
        cookie = {"Cookie": f"{COOKIE}={_session(world, person)}"}
        for route in routes(world.clinic.app):
            if rows[str(route)][person] == "403":
                yield Try(f"{route} by {person}", _is_in(_without_key(world, route, cookie)))


def a_clinicians_power(world: World) -> Iterator[Try]:
    """Deciding, lowering a level and erasing, by everyone who is no clinician; and by fields that are not theirs."""
    decisions: list[dict[str, Any]] = [
        {"decision": "agree"}, {"decision": "override", "rating": "suitable", "reason_code": "other", "reason": "x"},
        {"decision": "override", "level": "routine", "reason_code": "other", "reason": "x", "signed_as": "Dr X"},
    ]  # fmt: skip
    fields: list[dict[str, Any]] = [
        {"level": "routine"}, {"rating": "suitable"}, {"level_from": "decision"}, {"created_by": "coordinator"},
        {"tenant": "other"}, {"decision": {"decision": "agree"}}, {"status": "closed", "level": "routine"},
    ]  # fmt: skip
    for person in ("coordinator", "sender", "provider", "auditor", "admin", "elsewhere", "nobody"):
        id_ = world.record(FALLING)
        tries = [("POST", f"/v1/assessments/{id_}/decision", body) for body in decisions]
        tries += [("POST", "/v1/erase", {"id": id_}), ("PATCH", f"/v1/assessments/{id_}", {})]
        tries += [("PATCH", f"/v1/assessments/{id_}", body) for body in fields]
        tries += [("POST", f"/v1/assessments/{id_}/amend", CALM)]
        for method, address, body in tries:
            sent = world.headers(person) | {"If-Match": f'"{_row(world, id_).revision}"'}
            world.client.request(method, address, json=body, headers=sent)
            row = _row(world, id_)
            changed = (row.kind, row.level, row.created_by, row.tenant) != (
                "assessment",
                "emergency",
                "sender",
                "clinic",
            )
            yield Try(f"{method} {address} {body} by {person}", changed or _decided(world, id_))


def _row(world: World, id_: str) -> Any:
    with world.clinic.state.records.database.reading() as connection:
        return connection.execute(select(records).where(records.c.id == id_)).one()


def _decided(world: World, id_: str) -> bool:
    record = world.client.get(f"/v1/assessments/{id_}", headers=world.headers("auditor")).json()
    return record["decision"] is not None


def a_key_that_is_none(world: World) -> Iterator[Try]:
    """Every route that needs a sign-in, with a key that was stolen and replaced, revoked, expired, or made up."""
    for name, header in _bad_keys(world).items():
        for route in _asked(world):
            sent = world.about(route)
            headers = {**sent.headers, "Authorization": header}
            response = world.client.request(route.method, sent.address, content=sent.body, headers=headers)
            yield Try(f"{route} with a key that was {name}", response.status_code != 401)


def _bad_keys(world: World) -> dict[str, str]:
    admin = world.headers("admin")

    def key(**more: Any) -> Any:
        account = world.account()
        return world.client.post(f"/v1/accounts/{account}/keys", json={"name": "x", **more}, headers=admin).json()

    rotated, revoked, disabled = key(), key(), key()
    world.client.post(f"/v1/keys/{rotated['key']['id']}/rotate", headers=admin)
    world.client.delete(f"/v1/keys/{revoked['key']['id']}", headers=admin)
    owner = world.clinic.ids[disabled["key"]["account"]]
    world.client.patch(f"/v1/accounts/{owner}", json={"disabled": True}, headers=admin)
    expired = world.clinic.key("sender", days=1)
    world.clinic.clock.forward(days=1, seconds=1)
    good = world.keys["sender"]
    secrets = {
        "stolen and replaced": rotated["secret"], "revoked": revoked["secret"],
        "of a disabled account": disabled["secret"],
        "expired": expired, "cut": good[:-1], "of other letters": good.swapcase(), "made up": "ipt_" + "a" * 43,
        "the digest of one": f"sha256:{'0' * 64}", "empty": "", "of SQL": "' OR '1'='1", "two": f"{good} {good}",
    }  # fmt: skip
    headers = {name: f"Bearer {secret}" for name, secret in secrets.items()}
    return headers | {"of another scheme": f"Basic {good}", "without a scheme": good}


def a_session_planted_before(world: World) -> Iterator[Try]:
    """A session that was planted, or known, before someone signed in with it: nobody else is in by it afterwards."""
    ended = _session(world, "clinician")
    world.clinic.client(PUBLIC, Cookie=f"{COOKIE}={ended}").post("/sign-out")
    known = _session(world, "provider")
    for name in (COOKIE, "session", "__Secure-session"):
        for value in ("planted", "a" * 43, ended, known, "' OR '1'='1", ""):
            for way in ("password", "link"):
                client = world.clinic.client(PUBLIC)
                client.cookies.set(name, value, domain="triage.example.org", path="/")
                if way == "password":
                    sign_in(client, "coordinator")
                else:
                    client.get(f"/sign-in/link/{world.sign_in_token()}")
                planted = world.clinic.client(PUBLIC, Cookie=f"{name}={value}").get("/v1/me")
                mine = planted.status_code == 200 and planted.json()["login"] == "coordinator"
                yield Try(f"{name}={value} before a sign-in by {way}", mine)
    before = _session(world, "coordinator")
    sign_in(world.clinic.client(PUBLIC, Cookie=f"{COOKIE}={before}"), "coordinator")
    after = world.clinic.client(PUBLIC, Cookie=f"{COOKIE}={before}").get("/v1/me")
    yield Try("the session that the browser had before it signed in again", after.status_code != 401)


def a_form_of_another_site(world: World) -> Iterator[Try]:
    """Every route that changes anything, sent by a page of another site with the cookie of who is signed in."""
    cookies = {person: f"{COOKIE}={_session(world, person)}" for person in ("clinician", "admin")}
    for route in routes(world.clinic.app):
        if not route.is_unsafe:
            continue
        for person, cookie in cookies.items():
            for headers in (
                {"Origin": "https://elsewhere.example"}, {"Origin": "null"}, {"Origin": f"{PUBLIC}.elsewhere.example"},
                {"Origin": PUBLIC.replace("https", "http") + ":81"}, {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"}, {"Sec-Fetch-Site": "cross-site", "Origin": PUBLIC},
            ):  # fmt: skip
                response = (
                    _without_key(world, route, {"Cookie": cookie})
                    if not headers
                    else _cross(world, route, cookie, headers)
                )
                refused = response.status_code == 403 and response.json()["title"] == "Sent from another site"
                yield Try(f"{route} by {person} with {headers}", not refused)


def _cross(world: World, route: Route, cookie: str, headers: dict[str, str]) -> Any:
    sent = world.about(route)
    all_headers = {**sent.headers, "Cookie": cookie, **headers}
    return world.clinic.client(PUBLIC).request(route.method, sent.address, content=sent.body, headers=all_headers)


def passwords_guessed(world: World) -> Iterator[Try]:
    """Passwords of one account, one password for many accounts; at last the right one, which is refused by then."""
    client = world.clinic.client(PUBLIC)
    with patch.object(sessions, "_no_hash", lambda: HASHED):
        for number in range(lockout.MOST_OF_LOGIN + 95):
            yield Try(
                f"guess {number} of one login", sign_in(client, "coordinator", f"guessed-{number}").status_code == 303
            )
        yield Try("the right password while it is locked", sign_in(client, "coordinator").status_code == 303)
        for number in range(lockout.MOST_OF_ADDRESS + 50):
            yield Try(f"login {number}", sign_in(client, f"login-{number}", "Password1234").status_code == 303)
        yield Try("a right password from a locked address", sign_in(client, "auditor").status_code == 303)
    for password in (
        PASSWORD.upper(),
        f" {PASSWORD}",
        f"{PASSWORD} ",
        PASSWORD[:-1],
        f"{PASSWORD}\0",
        PASSWORD + "x" * 200,
        HASHED,
        "",
    ):
        world.clinic.clock.forward(minutes=16)
        yield Try(f"nearly the password: {password!r}", sign_in(client, "auditor", password).status_code == 303)


def whoever_is_gone(world: World) -> Iterator[Try]:
    """Every route, by the session of someone who was disabled, given another role or password, or signed out."""
    changes: dict[str, dict[str, Any]] = {
        "disabled": {"disabled": True}, "another role": {"role": "auditor"},
        "another password": {"password": "another long one"},
    }  # fmt: skip
    for way in (*changes, "signed out", "idle for two hours", "signed in twelve hours ago"):
        login = f"gone-{way.replace(' ', '-')}"
        world.clinic.add(login, "admin")
        token = _session(world, login)
        client = world.clinic.client(PUBLIC, Cookie=f"{COOKIE}={token}")
        assert client.get("/v1/me").status_code == 200
        if way in changes:
            changed = world.client.patch(
                f"/v1/accounts/{world.clinic.ids[login]}", json=changes[way], headers=world.headers("admin")
            )
            assert changed.status_code == 200
        elif way == "signed out":
            client.post("/sign-out")
        elif way == "idle for two hours":
            world.clinic.clock.forward(hours=2, seconds=1)
        else:
            for _ in range(12):
                client.get("/v1/me")
                world.clinic.clock.forward(hours=1)
        for route in _asked(world):
            response = _without_key(world, route, {"Cookie": f"{COOKIE}={token}"})
            yield Try(f"{route} by whoever is gone: {way}", response.status_code != 401)


def another_host(world: World) -> Iterator[Try]:
    """Every route under a name that is not the service's."""
    for host in (
        "elsewhere.example", "triage.example.org.elsewhere.example", "127.0.0.1", "localhost",
        "triage.example.org:8000", "elsewhere.example#triage.example.org", "169.254.169.254",
        "triage.example.org@elsewhere.example",
    ):  # fmt: skip
        for route in routes(world.clinic.app):
            sent = world.about(route)
            headers = {**sent.headers, **world.headers("clinician"), "Host": host}
            response = world.client.request(route.method, sent.address, content=sent.body, headers=headers)
            is_let_in = response.status_code != 421 or "elsewhere" in str(response.headers) + response.text
            yield Try(f"{route} as {host}", is_let_in)


INSIDE = (
    "127.0.0.1", "127.1", "0.0.0.0", "10.0.0.1", "172.16.5.4", "192.168.0.1", "100.64.0.1", "169.254.169.254",
    "169.254.170.2", "192.0.0.192", "198.18.0.1", "[::1]", "[::]", "[fe80::1]", "[fd00:ec2::254]", "[::ffff:127.0.0.1]",
    "[::ffff:169.254.169.254]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "0x7f000001", "2130706433", "localhost",
)  # fmt: skip
NAMES = ("10.0.0.1", "127.0.0.1", "169.254.169.254", "::1", "fd00::1")
"""What a name of outside is made to lead to."""


def a_webhook_inside(world: World) -> Iterator[Try]:
    """A webhook at an address inside the network, written in every way, or at a name that leads there."""
    connected: list[Any] = []
    due, at = webhooks.Due("id", "{}", 0), "2026-11-24T09:00:00.000000Z"

    def connect(*arguments: Any, **_: Any) -> Any:
        connected.append(arguments)
        raise ConnectionRefusedError

    def call(url: str) -> bool:
        connected.clear()
        settings = Settings(webhook_url=url, webhook_secret=SecretStr("s"))
        return webhooks.call(settings, due, at) is None or bool(connected)

    assert world.clinic.state.settings.webhook_inside is False
    with patch("socket.create_connection", connect):
        for scheme in ("http", "https"):
            for host in INSIDE:
                for port in ("", ":8000"):
                    url = f"{scheme}://{host}{port}/hook"
                    yield Try(url, call(url))
            for leads_to in NAMES:
                with patch("socket.getaddrinfo", lambda *_, to=leads_to, **__: [(0, 0, 0, "", (to, 443))]):
                    yield Try(f"{scheme}://hooks.example, which is {leads_to}", call(f"{scheme}://hooks.example/hook"))


EVERY_TEXT = {
    "SQL": ("'; DROP TABLE records; --", '" OR 1=1 --', "1) UNION SELECT login, password FROM accounts --"),
    "HTML": ("<script>planted()</script>", '"><img src=x onerror=planted()>', "javascript:planted()"),
    "a formula": ('=HYPERLINK("http://elsewhere.example")', "@SUM(1+1)"),
    "a header": ("x\r\nSet-Cookie: planted=1", "x\nLocation: https://elsewhere.example"),
    "a path": ("../../../../../../etc/passwd", "..\\..\\secret", "/etc/passwd"),
    "a template": ("{{1337*1337}}", "${1337*1337}", "%(id)s %s {0.__class__}"),
    "a terminal": ("\x1b]0;planted\x07\x1b[2J", "\x9b31m"),
    "NUL": ("a\0b", "\0"),
    "right to left": ("\u202egnp.exe", "\u2066planted\u2069\ufeff"),
    "other": ("x" * 3000, "\U0001f600" * 60, "9" * 400, "-1", "NaN", "[]", "%00", "\ufffe", " "),
}
"""What is put in the place of a text, by what it is to break."""


def a_text_that_is_run(world: World, texts_of: Callable[[int, Place], Iterable[str]]) -> Iterator[Try]:
    """Every text of every body, form, address and header: what is sent there is kept as text, or refused."""
    for number, place in enumerate(places(world)):
        person = "admin" if place.route.path.startswith(("/v1/accounts", "/v1/keys", "/metrics")) else "clinician"
        for text in texts_of(number, place):
            response = world.send(place.route, person, with_text(world, place, text))
            yield Try(f"{place}: {text[:40]!r}", _is_run(response, text))
    for route in routes(world.clinic.app):  # whatever was kept, where it is shown
        if not route.is_unsafe:
            for person in ("clinician", "admin"):
                yield Try(f"{route} afterwards", _is_run(world.send(route, person), ""))
    yield Try("the database afterwards", not _is_whole(world))


def every_text(world: World) -> Iterator[Try]:
    """Every text in every place: some nine thousand requests."""
    return a_text_that_is_run(world, lambda _number, _place: chain(*EVERY_TEXT.values()))


def some_texts(world: World) -> Iterator[Try]:
    """Three texts in every place, and one in every field of a form; each text in many places."""
    return a_text_that_is_run(world, lambda number, place: _turns(number, (0,) if place.kind == "form" else (0, 7, 14)))


def one_text(world: World) -> Iterator[Try]:
    """One text in every place."""
    return a_text_that_is_run(world, lambda number, _place: _turns(number, (0,)))


def _turns(number: int, turns: tuple[int, ...]) -> list[str]:
    """The texts that are put in a place, by its number."""
    texts = list(chain(*EVERY_TEXT.values()))
    return [texts[(number + turn) % len(texts)] for turn in turns]


def a_formula_in_a_download(world: World) -> Iterator[Try]:
    """A table whose cells are formulas, uploaded, rated and downloaded: no cell would be run by a spreadsheet."""
    starts = ("=1+1", "+1+1", "-1+1", "@SUM(1)", "\t=1+1", "\r=1+1", '=HYPERLINK("http://elsewhere.example")')
    state, folder = world.clinic.state, world.table().folder
    upload.start(state.ruleset, state.settings)
    rows = [
        ["reference", "lean", "hazards", "note"],
        *([text, fact, "", text] for text in starts for fact in ("none", text)),
    ]
    table_ = folder / "table.csv"
    with table_.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    upload.rate_upload(table_, None, ["note"])
    for name in (upload.OUTCOMES, upload.REFUSED):
        address = f"/cohort/{folder.name}/{name}"
        response = world.client.get(address, headers=world.headers("coordinator"))
        assert response.status_code == 200, response.text
        cells = [cell for row in csv.reader(StringIO(response.text, newline="")) for cell in row]
        shown = [cell for cell in cells if any(text.strip() in cell for text in starts)]
        assert shown, name
        yield from (Try(f"{name}: {cell!r}", cell[0] in "=+-@\t\r") for cell in shown)


def slow_clients(folder: Path, tried: int, files: int | None) -> Iterator[Try]:
    """Clients that send half a head, or half a body, and wait: is everyone else answered meanwhile?"""
    for first in (b"GET / HT", HALF):
        with TemporaryDirectory(dir=folder) as own, ExitStack() as opened:
            served = opened.enter_context(serve(Path(own), "--rules", str(FIXTURE_RULES), files=files))
            for number in range(tried):
                connection = opened.enter_context(socket.create_connection(("127.0.0.1", served.port), timeout=30))
                with suppress(OSError):
                    connection.sendall(first)
                yield Try(f"client {number} with {first[:20]!r}", let_in=False)
            for number in range(20):
                status = served.answer("POST", "/v1/evaluate", CALM)[0]
                yield Try(f"request {number} meanwhile: {status}", status != 200)


def _is_run(response: Any, text: str) -> bool:
    """Whether a text that was sent did anything but come back as text."""
    headers = {name.lower(): value for name, value in response.headers.items()}
    cookies = response.headers.get_list("set-cookie")
    return (
        response.status_code == 500
        or any(cookie.split("=")[0] not in (COOKIE,) for cookie in cookies)
        or "elsewhere" in urlsplit(headers.get("location", "")).netloc
        or "1787569" in response.text
        or "root:x:0" in response.text
        or "$argon2" in response.text
        or ("html" in headers.get("content-type", "") and _Runs.in_(response.text))
    )


class _Runs(HTMLParser):
    """Looks for what was planted within the markup of a page, in the place where it would run."""

    def __init__(self) -> None:
        super().__init__()
        self.is_run = False
        self._within = ""

    @classmethod
    def in_(cls, text: str) -> bool:
        parser = cls()
        parser.feed(text)
        return parser.is_run

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._within = tag
        given = dict(attrs)
        handlers = [name for name in given if name.startswith("on")]
        address = (given.get("href") or given.get("src") or given.get("action") or "").strip().lower()
        if handlers or address.startswith("javascript:") or "elsewhere" in urlsplit(address).netloc:
            self.is_run = True

    def handle_endtag(self, tag: str) -> None:
        self._within = ""

    def handle_data(self, data: str) -> None:
        if self._within == "script" and re.search(r"(?<![\"'>])planted\(\)(?!<)", data) and "u003c" not in data:
            self.is_run = True


def _is_whole(world: World) -> bool:
    """Whether every table is there, the audit whole, and no control character that moves a terminal in it."""
    with world.clinic.state.records.database.reading() as connection:
        counted = [len(connection.execute(table_.select()).all()) for table_ in metadata.sorted_tables]
        is_sound = verify(connection).broken is None
    return is_sound and sum(counted) > 100


ATTACKS: dict[str, Attack] = {
    "another's record, draft, table or account: every route, every list": another_referrers_record,
    "what one's role may not do: every route": beyond_ones_role,
    "a clinician's power (deciding, lowering a level, erasing) by anyone else": a_clinicians_power,
    "a key that was stolen and replaced, revoked, has expired, was cut or made up: every route": a_key_that_is_none,
    "a session planted before someone signs in": a_session_planted_before,
    "a request of another site (CSRF): every route that changes anything": a_form_of_another_site,
    "passwords guessed": passwords_guessed,
    "someone removed or changed while signed in, signed out or away for long: every route": whoever_is_gone,
    "another `Host`: every route": another_host,
    "a webhook inside the network": a_webhook_inside,
    "a formula in a table that is downloaded": a_formula_in_a_download,
}
"""Each attack, by what the table calls it."""
OF_TEXTS = "SQL, HTML, header, path, template, terminal code, NUL, right to left, in every text of every request"
OF_SLOW_CLIENTS = {
    "64 descriptors: slow clients, and requests meanwhile": (60, 64),
    "1,000 slow clients, and requests meanwhile": (1_000, None),
}
