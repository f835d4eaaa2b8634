"""What the description of the service says of accounts and keys."""

from __future__ import annotations

from typing import Any

from msgspec import to_builtins

from api.openapi_records import Examples, Operation
from api.people.model import (
    AccountChange,
    AccountDescription,
    Accounts,
    KeyDescription,
    KeyGiven,
    Keys,
    Me,
    NewAccount,
    NewKey,
)
from triage.model.written import Written

_AT = "2026-11-25T09:00:00.000000Z"
_ACCOUNT = AccountDescription(
    "6f1c1b0e-58b2-4a5b-9f43-6a1d2f0f6a11", "clara", "coordinator", "riverside", _AT,
    disabled=False, has_password=True, has_openid=False,
)  # fmt: skip
_KEY = KeyDescription(
    "0b9f3f0a-7b1e-4d3e-8f55-1c9d6a1b2c3d", "harbour-practice", "referrals", ("read", "write"), _AT,
    "2027-02-23T09:00:00.000000Z", None, None,
)  # fmt: skip
_GIVEN = KeyGiven("ipt_shown-this-once", _KEY)


def _operation(
    example: Written | None, status: int, problems: tuple[int, ...], sent: Written | None = None
) -> Operation:
    def shown(_: Examples) -> Any:
        return to_builtins(example)

    takes = None if sent is None else type(sent)
    return Operation(None if example is None else type(example), shown, status, takes, sent, (*problems, 503))


OPERATIONS: dict[tuple[str, str], Operation] = {
    ("get", "/v1/me"): _operation(Me("clara", "coordinator", "riverside", ("read", "write")), 200, ()),
    ("get", "/v1/accounts"): _operation(Accounts((_ACCOUNT,)), 200, ()),
    ("post", "/v1/accounts"): _operation(
        _ACCOUNT, 201, (422,), NewAccount("clara", "coordinator", "four words make one")
    ),
    ("patch", "/v1/accounts/{id_}"): _operation(_ACCOUNT, 200, (404, 422), AccountChange(disabled=True)),
    ("get", "/v1/accounts/{id_}/keys"): _operation(Keys((_KEY,)), 200, (404,)),
    ("post", "/v1/accounts/{id_}/keys"): _operation(_GIVEN, 201, (404, 422), NewKey("referrals")),
    ("post", "/v1/keys/{id_}/rotate"): _operation(_GIVEN, 201, (404, 422)),
    ("delete", "/v1/keys/{id_}"): _operation(None, 204, (404, 422)),
}
"""Every operation of accounts and keys."""
