"""Every place of a request that takes a text: in bodies, by their types; in forms, by the pages; in addresses."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

from msgspec.inspect import (
    AnyType,
    DictType,
    Field,
    IntType,
    StrType,
    StructType,
    Type,
    UnionType,
    VarTupleType,
    type_info,
)

from api import openapi_people, openapi_records
from api.records.worklist import FILTERS
from tests.people.conftest import PUBLIC, sign_in
from tests.people.world import FORM, Route, Sent, World, routes

OPERATIONS = openapi_records.OPERATIONS | openapi_people.OPERATIONS
OF_REFERRAL = ("reference", "quotes/lean", "said_by/lean", "facts/lean", "facts/hazards", "facts/", "quotes/", "")
"""The texts of a referral of the small rule set; a place that ends with `/` or is empty is the name of a field."""
HEADERS = (
    "Idempotency-Key",
    "If-Match",
    "X-Request-ID",
    "User-Agent",
    "Accept",
    "Cookie",
    "Referer",
    "X-Forwarded-For",
)
OF_OTHER_PAGES = {"/go-on": {"sealed"}}
"""The fields of a form that is shown only where a session has ended."""
QUERIES = {"/worklist": FILTERS, "/v1/assessments": FILTERS, "/sign-in": ("next",)}
"""The parameters of an address that no signature of a route names."""


@dataclass(frozen=True)
class Place:
    """A route and a place of its request: in the body, a form, the query, the path or a header."""

    route: Route
    kind: str
    name: str

    def __str__(self) -> str:
        return f"{self.route}: {self.kind} {self.name}"


def places(world: World) -> Iterator[Place]:
    """Every place of every route that takes a text."""
    app = world.clinic.app
    forms = form_fields(world)
    for route in routes(app):
        yield from (Place(route, "path", name) for name in _names_in(route.path))
        yield from (Place(route, "query", name) for name in _queries(app, route))
        yield from (Place(route, "form", name) for name in sorted(forms.get(route.path, ()) if route.is_unsafe else ()))
        yield from (Place(route, "body", name) for name in _texts_of_body(route))
    yield from (Place(Route("/v1/assessments", "POST"), "header", name) for name in HEADERS)


def _names_in(path: str) -> list[str]:
    return [part.strip("{}") for part in path.split("/") if part.startswith("{")]


def _queries(app: Any, route: Route) -> Iterator[str]:
    from fastapi.routing import iter_route_contexts

    for context in iter_route_contexts(app.routes):
        if context.path == route.path and route.method in (context.methods or ()):
            dependant = getattr(context, "dependant", None)
            yield from (parameter.name for parameter in dependant.query_params) if dependant else ()
    yield from QUERIES.get(route.path, ()) if route.method == "GET" else ()


def _texts_of_body(route: Route) -> Iterator[str]:
    operation = OPERATIONS.get((route.method.lower(), route.path))
    if route.path in ("/v1/evaluate", "/v1/explain") or (operation and isinstance(operation.takes, str)):
        yield from OF_REFERRAL
    elif operation is not None and operation.takes is not None:
        yield from _texts(type_info(operation.takes))
        yield ""  # the name of a field


def _texts(info: Type | Field, at: str = "") -> Iterator[str]:
    """Where a type takes a text. A number or one of several words is no less a place to try."""
    match info:
        case StructType(fields=fields):
            for field in fields:
                yield from _texts(field.type, f"{at}/{field.encode_name}" if at else field.encode_name)
        case UnionType(types=types):
            yield from dict.fromkeys(place for part in types for place in _texts(part, at))
        case VarTupleType(item_type=item):
            yield from _texts(item, f"{at}/0")
        case DictType() | AnyType():
            yield from (f"{at}/lean", f"{at}/")
        case StrType() | IntType():
            yield at
        case _ if at:
            yield at


class _Forms(HTMLParser):
    """The fields of each form of a page, by where it is sent."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, set[str]] = {}
        self._action: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form" and given.get("method") == "post":
            self._action = given.get("action") or ""
            self.fields.setdefault(self._action, set())
        elif self._action is not None and given.get("name"):
            self.fields[self._action].add(str(given["name"]))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._action = None


def form_fields(world: World) -> dict[str, set[str]]:
    """The names of the fields of every form that some page has, by the path of the route that takes it."""
    fields: dict[str, set[str]] = {}
    world.sign_off()
    for _ in range(2):  # the form that ends one's other sessions is there where there are some
        sign_in(world.clinic.client(PUBLIC), "clinician")
    for route in routes(world.clinic.app):
        if route.is_unsafe or not route.is_page:
            continue
        sent = world.about(route)
        person = "coordinator" if route.path.startswith("/cohort") else "clinician"  # whose table it is
        response = world.send(route, person, sent)
        forms = _Forms()
        forms.feed(response.text)
        for action, names in forms.fields.items():
            fields.setdefault(_path_of(world, action), set()).update(names)
    for path in ("/", "/panel"):
        fields.setdefault(path, set()).update(fields["/assess"])  # a script sends the same form there
    fields |= OF_OTHER_PAGES
    taken = {route.path for route in routes(world.clinic.app) if route.is_unsafe and route.is_page}
    assert taken <= fields.keys(), "a form that no page shows here: say where its fields come from"
    return fields


def _path_of(world: World, action: str) -> str:
    """The path of the route that takes what is sent to an address."""
    parts = action.split("/")
    for route in routes(world.clinic.app):
        wanted = route.path.split("/")
        if (
            route.is_unsafe
            and len(wanted) == len(parts)
            and all(a == b or a[:1] == "{" for a, b in zip(wanted, parts, strict=True))
        ):
            return route.path
    raise AssertionError(f"no route takes {action}")


def with_text(world: World, place: Place, text: str) -> Sent:
    """A request that is well formed but for the text at one place."""
    sent = world.about(place.route)
    match place.kind:
        case "path":
            before = place.route.path.split("/").index(f"{{{place.name}}}")
            parts = sent.address.split("/")
            parts[before] = quote(text, safe="")
            return Sent("/".join(parts), sent.body, sent.headers)
        case "query":
            return Sent(f"{sent.address}?{urlencode({place.name: text})}", sent.body, sent.headers)
        case "header":
            return Sent(sent.address, sent.body, {**sent.headers, place.name: text.encode()})
        case "form":
            fields = dict(parse_qsl((sent.body or b"").decode(), keep_blank_values=True)) | {place.name: text}
            return Sent(sent.address, urlencode(fields).encode(), {**sent.headers, **FORM})
        case _:
            data = json.loads(sent.body or b"{}")
            _put(data, place.name, text)
            return Sent(sent.address, json.dumps(data).encode(), sent.headers)


def _put(data: dict[str, Any], place: str, text: str) -> None:
    """Put a text at a place of a body; at one that ends with a slash, or is empty, as the name of a field."""
    *parents, last = place.split("/") if place else [""]
    value: Any = text
    if last == "0":
        *parents, last = parents
        value = [text]
    for name in parents:
        data = data.setdefault(name, {})
    data[last or text] = value
