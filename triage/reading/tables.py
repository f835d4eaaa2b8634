"""Turn a table of rules into one document for each row.

Each row is merged with what the rows share; the result is read like the file of one rule. Its places are those in the
file of the table, so that a fault points at the line of the row or of the shared part.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from typing import Any

from triage.model.faults import Fault, FaultyRuleSet, KeyPath, Place
from triage.reading.yaml_text import Document

ROWS = "rows"
ADDED = ("sources", "evidence", "not_covered")
"""The keys whose list in a row is added to the shared list instead of replacing it."""


OF_A_ROW = ("when", "unless", "examples")
"""The keys that only rows may have."""


def rule_documents(document: Document) -> tuple[Document, ...]:
    """The documents of the rules in a file: the file itself, or one for each row of its table.

    Raises FaultyRuleSet where it is neither a rule nor a table.
    """
    if not isinstance(document.data, dict):
        raise FaultyRuleSet([Fault(document.place(()), "structure", "The file must be a mapping.")])
    if ROWS not in document.data:
        return (document,)
    return tuple(merged(shared, row) for shared, row in rows_of(document, ROWS, ("id", ROWS)))


def rows_of(document: Document, key: str, own: Container[str]) -> list[tuple[Document, Document]]:
    """The rows listed under ``key``, each as a pair: what the rows share, and the row.

    The rows share all keys of the file except those in ``own``. Raises FaultyRuleSet where there are no rows, or where
    the file has a key that only rows may have.
    """
    rows = document.data[key]
    faults = [
        Fault(
            document.place((name,)), "structure", f"A file of `{key}` has no `{name}` of its own.", "Write it in each."
        )
        for name in OF_A_ROW
        if name in document.data
    ]
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        faults.append(Fault(document.place((key,)), "structure", f"`{key}` is a list of rules.", "Write one or more."))
    if faults:
        raise FaultyRuleSet(faults)
    data = {name: value for name, value in document.data.items() if name not in own}
    shared: dict[KeyPath, Place] = {}
    of_rows: list[dict[KeyPath, Place]] = [{} for _ in rows]
    for path, place in document.places.items():  # once for all rows: a file has thousands of places
        if path[:1] == (key,) and len(path) > 1:
            of_rows[int(path[1])][path[2:]] = place
        else:
            shared[path] = place
    return [
        (Document(document.file, data, shared), Document(document.file, row, places))
        for row, places in zip(rows, of_rows, strict=True)
    ]


def merged(shared: Document, row: Document) -> Document:
    """The document of one row: the row merged into what the rows share.

    ``then`` is merged key by key. Sources, evidence rows and populations not covered are added. Every other key of the
    row replaces the shared one.
    """
    data: dict[str, Any] = dict(shared.data)
    places: dict[KeyPath, Place] = {path: place for path, place in shared.places.items() if path[:1] != ("id",)}
    for key, value in row.data.items():
        if key in ADDED:
            data[key] = _both(shared.data.get(key), value)
            _place(places, row, (key,), len(_list(shared.data.get(key))))
        elif key == "then" and isinstance(value, dict):
            if isinstance(effects := shared.data.get(key) or {}, dict):  # else it is told as a mistake
                data[key] = _over(effects, value)
                _place(places, row, (key,))
        elif key != "covers":
            data[key] = value
            _forget(places, key)
            _place(places, row, (key,))
    if "covers" in row.data and isinstance(then := data.get("then", {}), dict):
        data["then"] = {**then, "urgency": {**_mapping(then.get("urgency")), "covers": row.data["covers"]}}
        _place(places, row, ("covers",), under=("then", "urgency"))
    places[()] = row.place(())
    return Document(shared.file, data, places)


def _list(data: Any) -> list[Any]:
    return data if isinstance(data, list) else []


def _both(shared: Any, row: Any) -> Any:
    """The entries of both lists; what is no list as it stands, so that it is told as a mistake."""
    for part in (shared, row):
        if part is not None and not isinstance(part, list):
            return part
    return [*_list(shared), *_list(row)]


def _mapping(data: Any) -> dict[str, Any]:
    return data if isinstance(data, dict) else {}


def _over(shared: Mapping[str, Any], row: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two mappings recursively, the row's values first. Only ``derives`` is replaced as a whole."""
    data = dict(shared)
    for key, value in row.items():
        both = isinstance(value, dict) and isinstance(data.get(key), dict) and key != "derives"
        data[key] = _over(data[key], value) if both else value
    return data


def _forget(places: dict[KeyPath, Place], key: str) -> None:
    for path in [path for path in places if path[:1] == (key,)]:
        del places[path]


def _place(
    places: dict[KeyPath, Place], row: Document, path: KeyPath, offset: int = 0, under: tuple[str, ...] = ()
) -> None:
    """Copy the row's places at ``path``. Entries of a list that was added are moved by ``offset``."""
    for at, place in row.places.items():
        if at[: len(path)] != path:
            continue
        rest = at[len(path) :]
        if offset and rest and isinstance(rest[0], int):
            rest = (rest[0] + offset, *rest[1:])
        places[(*under, *path, *rest)] = place
