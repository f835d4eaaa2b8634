"""Reading typed bodies and headers of requests."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from fastapi import Request
from msgspec import Struct, ValidationError, convert

from api.records.creating import LONGEST_KEY
from api.records.refused import faulty, revision_wanted, wrong_field
from api.request import body_of
from triage.reading.json_text import parse_json
from triage.reading.referral import FieldFault

Body = TypeVar("Body", bound=Struct)
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_PLACE = re.compile(r" - at `\$?([^`]*)`$")


async def body_as(request: Request, type_: type[Body]) -> Body:
    """The body of a request as a type. Raises RefusedReferral where it is no JSON, RecordProblem where it is another.

    A text with a NUL character is refused, since PostgreSQL can't store it.
    """
    data = parse_json(await body_of(request))
    if _has_nul(data):
        raise wrong_field("", "not-storable", "A text has a NUL character, which can't be stored.")
    try:
        return convert(data, type_)
    except ValidationError as error:
        raise faulty([_fault(str(error))]) from error


def _has_nul(data: Any) -> bool:
    if isinstance(data, dict):
        return _has_nul([*data, *data.values()])
    if isinstance(data, list):
        return any(map(_has_nul, data))
    return isinstance(data, str) and "\0" in data


def _fault(message: str) -> FieldFault:
    place = _PLACE.search(message)
    pointer = "/" + place.group(1).strip(".").replace(".", "/") if place else ""
    return FieldFault(pointer, "not-allowed", _PLACE.sub("", message) + ".")


def revision_of(request: Request) -> int:
    """The revision in If-Match. Raises a RecordProblem where there is none."""
    given = request.headers.get("if-match")
    if given is None:
        raise revision_wanted()
    tag = _ETAG.fullmatch(given.strip())
    if tag is None:
        raise wrong_field("", "not-an-etag", 'If-Match must be the ETag of the record, such as "3".')
    return int(tag.group(1))


def key_of(request: Request) -> str | None:
    """The Idempotency-Key of a request, or None."""
    key = request.headers.get("idempotency-key")
    if key is not None and not 0 < len(key) <= LONGEST_KEY:
        raise wrong_field("", "not-a-key", f"Idempotency-Key must have 1 to {LONGEST_KEY} characters.")
    return key
