"""Who asks and what about, for requests that are made from the description: API keys, and records that are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol
from urllib.parse import quote

from api.actor import Role
from api.openapi_people import OPERATIONS as OF_PEOPLE
from api.openapi_records import OPERATIONS as OF_RECORDS
from api.people.commands import desk
from api.people.model import NewKey
from triage.settings import Settings

ROLES: tuple[Role, ...] = ("coordinator", "clinician", "provider", "auditor", "admin")
REFERRAL = {"facts": {"age_years": 29, "perinatal_status": "postpartum", "major_depression": "current"}}
REVISION = {"If-Match": '"1"'}
"""The ETag of what was just made."""


class Client(Protocol):
    """Sends requests to the service."""

    def request(self, method: str, url: str, **options: Any) -> Any:
        """Send a request and give its response."""


def make_keys(settings: Settings) -> dict[str, str]:
    """An API key of an account of each role, by role."""
    with desk(settings) as open_desk:
        for role in ROLES:
            open_desk.add(role, role, None)
        return {role: open_desk.key(role, NewKey("test", ("read", "write"), 1)).secret for role in ROLES}


@dataclass
class Asker:
    """Whoever has a key of each role."""

    client: Client
    keys: dict[str, str]
    sender: Role = "clinician"
    """Who sent the referrals that are asked about."""
    _numbers: Iterator[int] = field(default_factory=count)

    def headers(self, method: str, path: str) -> dict[str, str]:
        """The key that an operation needs; a description of no secret needs none."""
        if (method, path) in OF_PEOPLE:
            return bearer(self.keys["admin"])
        if (method, path) in OF_RECORDS and OF_RECORDS[method, path].needs_sign_in:
            return bearer(self.keys["clinician"])
        return {}

    def about(self, path: str) -> dict[str, str]:
        """The parameters of a path, of something that was made for this one request."""
        if path.startswith("/v1/assessments/"):
            return {"id_": self._made("/v1/assessments", REFERRAL)["id"]}
        if path.startswith("/v1/drafts/"):
            return {"id_": self._made("/v1/drafts", REFERRAL)["id"]}
        if path.startswith("/v1/replies/"):
            record = self._made("/v1/assessments", REFERRAL)["id"]
            link = f"/v1/assessments/{record}/reply-link"
            return {"token": self._made(link, None, role="clinician", headers=REVISION)["token"]}
        if path.startswith("/v1/accounts/"):
            return {"id_": self._account()}
        if path.startswith("/v1/keys/"):
            return {
                "id_": self._made(f"/v1/accounts/{self._account()}/keys", {"name": "one"}, role="admin")["key"]["id"]
            }
        if path == "/v1/rules/{rule_id}":
            return {"rule_id": self.client.request("GET", "/v1/rules").json()["rules"][0]["id"]}
        return {}

    def _account(self) -> str:
        new = {"login": f"made-{next(self._numbers)}", "role": "coordinator"}
        return str(self._made("/v1/accounts", new, role="admin")["id"])

    def _made(self, path: str, body: Any, role: Role | None = None, headers: dict[str, str] | None = None) -> Any:
        sent = bearer(self.keys[role or self.sender]) | (headers or {})
        response = self.client.request("POST", path, json=body, headers=sent)
        assert response.status_code == 201, response.text
        return response.json()


def address(path: str, parameters: dict[str, str]) -> str:
    """A path with its parameters in place."""
    return path.format(**{name: quote(value, safe="") for name, value in parameters.items()})


def bearer(key: str) -> dict[str, str]:
    """The header that says whose key it is."""
    return {"Authorization": f"Bearer {key}"}
