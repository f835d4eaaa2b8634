"""What the description of the service says of the headers and the query parameters that the routes of records read."""

from __future__ import annotations

from typing import Any

from api.records.creating import LONGEST_KEY
from api.records.worklist import FILTERS, LARGEST_PAGE, PAGE, STATUSES, choices
from triage.model.scales import Scales

_HEADERS: dict[str, dict[str, Any]] = {
    "If-Match": {
        "required": True,
        "description": "The ETag of the record that was changed.",
        "schema": {"type": "string", "pattern": r'^(W/)?"[0-9]{1,9}"$'},
    },
    "Idempotency-Key": {
        "required": False,
        "description": "A name for this request: sent again with the same body, it gives the same record.",
        "schema": {"type": "string", "minLength": 1, "maxLength": LONGEST_KEY},
    },
}


_OPEN_FILTERS: dict[str, dict[str, Any]] = {
    "status": {
        "description": "One status or several, with commas. Without it: what is not done, and drafts with a danger.",
        "schema": {"type": "array", "items": {"type": "string", "enum": list(STATUSES)}, "minItems": 1},
        "style": "form",
        "explode": False,
    },
    "owner": {"description": "Who has the record.", "schema": {"type": "string"}},
    "reference": {"description": "The referrer's own identifier.", "schema": {"type": "string"}},
    "limit": {
        "description": "How many records a page has.",
        "schema": {"type": "integer", "minimum": 1, "maximum": LARGEST_PAGE, "default": PAGE},
    },
    "cursor": {
        "description": "Where the next page begins: `next` of the page before.",
        "schema": {"type": "string"},
    },
}
_CHOICES = {
    "urgency": "The level that counts now.",
    "state": "Whether every safety question is answered.",
    "rating": "The rating of the newest answer.",
    "overdue": "Whether nobody opened the record within its clock.",
    "stale": "Whether other rules than those that run now answered it.",
}
"""What each filter with a list of values chooses by."""


def worklist_parameters(scales: Scales) -> list[dict[str, Any]]:
    """The filters of the worklist as query parameters."""
    described = dict(_OPEN_FILTERS)
    for name, known in choices(scales).items():
        described[name] = {"description": _CHOICES[name], "schema": {"type": "string", "enum": list(known)}}
    return [{"name": name, "in": "query", "required": False, **described[name]} for name in FILTERS]


def header_parameter(name: str) -> dict[str, Any]:
    """A header that an operation of records reads."""
    return {"name": name, "in": "header", **_HEADERS[name]}
