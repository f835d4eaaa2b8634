"""Reading typed bodies and headers of requests."""

from __future__ import annotations

import re
from typing import Any, TypeVar

from fastapi import Request
from msgspec import Struct, ValidationError, convert
from msgspec.inspect import LiteralType, StructType, Type, UnionType, VarTupleType, type_info

from api.records.creating import LONGEST_KEY
from api.records.refused import faulty, revision_wanted, wrong_field
from api.request import body_of
from triage.model.faults import did_you_mean, near_match
from triage.reading.json_text import parse_json
from triage.reading.referral import FieldFault

Body = TypeVar("Body", bound=Struct)
_ETAG = re.compile(r'(?:W/)?"(\d{1,9})"')
_PLACE = re.compile(r" - at `\$?([^`]*)`$")
_KEY = re.compile(r"[^.\[\]]+")
_NOT_ALLOWED = re.compile(
    r"Invalid enum value '(?P<value>.*)'|Object contains unknown field `(?P<field>.*)`", re.DOTALL
)


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
        raise faulty([_fault(str(error), type_)]) from error


def _has_nul(data: Any) -> bool:
    if isinstance(data, dict):
        return _has_nul([*data, *data.values()])
    if isinstance(data, list):
        return any(map(_has_nul, data))
    return isinstance(data, str) and "\0" in data


def _fault(message: str, type_: type[Struct]) -> FieldFault:
    """What msgspec says of a body, with its place as a JSON pointer, and with what may stand there."""
    place = _PLACE.search(message)
    keys = _KEY.findall(place.group(1)) if place else []
    sentence = _PLACE.sub("", message)
    wrong = _NOT_ALLOWED.fullmatch(sentence)
    if wrong is None:
        return FieldFault(_pointer(keys), "not-allowed", f"{sentence}.")
    value, field = wrong.group("value", "field")
    given, known = field if value is None else value, _known(type_info(type_), keys)
    message = f"`{given[:80]}` is not allowed here. {did_you_mean(given, known)}".strip()
    at = keys if field is None else [*keys, given[:80]]
    return FieldFault(_pointer(at), "not-allowed", message, given[:80], ", ".join(known), near_match(given, known))


def _pointer(keys: list[str]) -> str:
    return "".join(f"/{key}" for key in keys)


def _known(info: Type, keys: list[str]) -> tuple[str, ...]:
    """The values that a type allows at a place, or the fields of an object; empty where they are not listed."""
    if isinstance(info, UnionType):
        return tuple(word for part in info.types for word in _known(part, keys))
    if isinstance(info, VarTupleType):
        return _known(info.item_type, keys[1:])
    if isinstance(info, StructType):
        fields = {field.encode_name: field.type for field in info.fields}
        return _known(fields[keys[0]], keys[1:]) if keys else tuple(fields)
    return tuple(map(str, info.values)) if isinstance(info, LiteralType) else ()


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
