"""Every part of the small rules' files, left out, misspelt or of a wrong kind, and what is said of it.

``python -m tests.reading.edited`` writes the messages anew after texts or the small rules have changed.
"""

from __future__ import annotations

import dataclasses
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import orjson

from tests.conftest import FIXTURE_RULES
from triage.model.faults import Fault, FaultyRuleSet, KeyPath, Place
from triage.reading.course_file import read_course
from triage.reading.folder import read_ruleset, rule_paths
from triage.reading.hazards_file import read_hazards
from triage.reading.instrument_file import read_instrument
from triage.reading.properties_file import read_properties
from triage.reading.referral_reader import ReferralReader
from triage.reading.rule_file import read_rules
from triage.reading.ruleset_file import read_about
from triage.reading.scales_file import read_scales
from triage.reading.sources_file import read_sources
from triage.reading.vocabulary_file import compare_with_scales, read_vocabulary
from triage.reading.yaml_text import Document, parse, read

FOLDER = Path(__file__).parent / "edited"
NAMED_BY_AUTHORS = frozenset(
    {"values", "floors", "next_step", "claims", "when", "while", "never", "asked_when", "given"}
)
"""Keys below which names stand that are data, so that one of them stands for all."""
HAZARDS = """\
hazards:
  - id: it-falls
    hazard: It falls.
    cause: Wind.
    effect: A dent.
    controls:
      - {rule: falling}
      - {property: danger-falling}
      - {check: wording, fault: a text calls a danger high}
      - {test: tests/a.py::test_a, planned: true}
"""
OF_SHAPE = re.compile(
    r" (must be|is missing|is empty|is not a key|is not one of the values|belongs? here)\b.*\[structure\]$"
)
"""What is said wherever a key is lacking or a value is of the wrong kind."""
ABOUT = (
    (FIXTURE_RULES / "ruleset.yaml")
    .read_text(encoding="utf-8")
    .replace("wording:\n", "wording:\n  may_be_harder: {lean: It is meant.}\n")
)
ABOUT += "regulatory:\n  - {jurisdiction: Forest, sentence: It is free., claimed: true, source: house-rules}\n"
ABOUT += "lowered_by: house-rules\n"
"""The small rule set about itself, with the parts that it can do without."""
Edit = tuple[str, Any]


def sound_documents() -> dict[str, list[Document]]:
    """The documents of each kind of file."""
    named = {path.stem: [read(path, path.name)] for path in sorted(FIXTURE_RULES.glob("*.yaml"))}
    below = [(path.parent.name, read(path, f"{path.parent.name}/{path.name}")) for path in rule_paths(FIXTURE_RULES)]
    return {
        **named,
        "hazards": [parse(HAZARDS, "hazards.yaml")],
        "ruleset": [parse(ABOUT, "ruleset.yaml")],
        "instrument": [document for folder, document in below if folder == "instruments"],
        "rules": [document for folder, document in below if folder != "instruments"],
    }


def edited(kind: str, folder: Path) -> Iterator[str]:
    """What is said of the edits of the files of this kind, a paragraph for each; files are written into the folder.

    Of edits that break the shape of a file alone, one for each wording stands for all.
    """
    done: set[tuple[Any, ...]] = set()
    of_shape: set[str] = set()
    for document in sound_documents()[kind]:
        for path, value in _parts(document.data):
            shape = (*_shape(path), type(value).__name__)
            if shape in done or not path:
                continue
            done.add(shape)
            for name, data in _edits(document.data, path, value):
                messages = [str(fault) for fault in faults_of(kind, document.file, data, folder)]
                wording = _wording(messages)
                if not messages or wording in of_shape:
                    continue
                if all(OF_SHAPE.search(message) for message in messages):
                    of_shape.add(wording)
                yield "\n".join([f"{document.file} {_written(path)}: {name}", *(f"  {line}" for line in messages), ""])


def _wording(messages: list[str]) -> str:
    """Messages without their places and without what they name."""
    return "\n".join(re.sub(r"`[^`]*`|Allowed: .*", "`", message.split(" ", 1)[1]) for message in messages)


def _parts(data: Any, path: KeyPath = ()) -> Iterator[tuple[KeyPath, Any]]:
    yield path, data
    entries: Iterable[tuple[Any, Any]] = ()
    if isinstance(data, dict):
        entries = data.items()
    elif isinstance(data, list):
        entries = enumerate(data)
    for key, value in entries:
        yield from _parts(value, (*path, key))


def _shape(path: KeyPath) -> tuple[Any, ...]:
    above = (None, *path)
    return tuple(
        "*" if isinstance(key, int) or above[place] in NAMED_BY_AUTHORS else key for place, key in enumerate(path)
    )


def _written(path: KeyPath) -> str:
    return "/".join(map(str, path))


def _edits(data: Any, path: KeyPath, value: Any) -> Iterator[Edit]:
    """The data with one part left out, misspelt, twice, or of another kind."""
    yield "left out", _changed(data, path, lambda holder, key: holder.pop(key))
    if isinstance(path[-1], str):
        yield "misspelt", _changed(data, path, lambda holder, key: _rename(holder, key, f"{key}x"))
    for other in _others(value):
        yield json.dumps(other, ensure_ascii=False), _changed(data, path, partial(_set, other))


def _set(value: Any, holder: Any, key: Any) -> None:
    holder[key] = value


def _others(value: Any) -> list[Any]:
    match value:
        case bool():
            return ["yes"]
        case int():
            return [-1, 1000, "two", True]
        case str():
            return [f"{value}x", 3, ""]
        case list():
            return [[], "word", [*value, *value[:1]]]
        case dict():
            return [{}, "word"]
    return []


def _changed(data: Any, path: KeyPath, change: Callable[[Any, Any], Any]) -> Any:
    copied = orjson.loads(orjson.dumps(data))
    holder = copied
    for key in path[:-1]:
        holder = holder[key]
    change(holder, path[-1])
    return copied


def _rename(holder: dict[str, Any], key: str, other: str) -> None:
    entries = [(other if name == key else name, value) for name, value in holder.items()]
    holder.clear()
    holder.update(entries)


def faults_of(kind: str, name: str, data: Any, folder: Path) -> list[Fault]:
    """What is wrong with a file of this kind that has this data, beside the small rules."""
    text = orjson.dumps(data, option=orjson.OPT_INDENT_2).decode()
    try:
        return list(_read(kind, parse(text, name), text, folder))
    except FaultyRuleSet as faulty:
        return list(faulty.faults)


def _read(kind: str, document: Document, text: str, folder: Path) -> Iterable[Fault]:
    ruleset = small_rules()
    facts, scales = ruleset.vocabulary.facts, ruleset.scales
    match kind:
        case "vocabulary":
            return compare_with_scales(document, read_vocabulary(document), scales)
        case "scales":
            read_scales(document, facts)
        case "sources":
            read_sources(document)
        case "course":
            read_course(document, facts, scales)
        case "ruleset":
            read_about(document)
        case "properties":
            rules = folder / "rules"
            rules.mkdir(exist_ok=True)
            (rules / "properties.yaml").write_text(text, encoding="utf-8")
            read_properties(rules, ruleset)
        case "hazards":
            read_hazards(document)
        case "instrument":
            return read_instrument(document, facts, scales)[2]
        case "rules":
            return read_rules(document, facts, scales)[1]
    return []


_kept: list[Any] = []


def small_rules() -> Any:
    """The small rules as they are, read once."""
    if not _kept:
        _kept.append(read_ruleset(FIXTURE_RULES))
    return _kept[0]


def plain(value: Any) -> Any:
    """What was read, as data that is written the same each time."""
    match value:
        case Place():
            return str(value)
        case _ if dataclasses.is_dataclass(value):
            names = [field.name for field in dataclasses.fields(value) if field.name != "places"]
            fields = {name: plain(getattr(value, name)) for name in names}
            return {
                type(value).__name__: {name: part for name, part in fields.items() if part not in (None, [], {}, "")}
            }
        case Mapping():
            return {str(name): plain(part) for name, part in value.items()}
        case frozenset() | set():
            return sorted(map(plain, value), key=repr)
        case list() | tuple():
            return list(map(plain, value))
    return value


def as_read() -> dict[str, str]:
    """What the small rules are read as, by part."""
    ruleset = small_rules()
    properties = read_properties(FIXTURE_RULES, ruleset)
    parts = {
        "vocabulary": ruleset.vocabulary,
        "scales": ruleset.scales,
        "sources": ruleset.sources,
        "course": ruleset.course,
        "ruleset": read_about(parse(ABOUT, "ruleset.yaml")),
        "properties": properties,
        "instrument": ruleset.instruments,
        "rules": ruleset.all_rules,
        "hazards": read_hazards(parse(HAZARDS, "hazards.yaml")),
    }
    schema = ReferralReader(ruleset.vocabulary).referral_model.model_json_schema()
    return {name: _lines(plain(part)) for name, part in parts.items()} | {"referral": _lines(schema["properties"])}


def _lines(part: Any) -> str:
    """Data as JSON with a line for each entry of the first level or two."""
    inner = next(iter(part.values())) if isinstance(part, dict) and len(part) == 1 else part
    entries = inner.items() if isinstance(inner, dict) else enumerate(inner)
    return "".join(f"{name}: {json.dumps(entry, ensure_ascii=False)}\n" for name, entry in entries)


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    FOLDER.mkdir(exist_ok=True)
    with TemporaryDirectory() as temporary:
        for kind_ in sound_documents():
            (FOLDER / f"{kind_}.txt").write_text("\n".join(edited(kind_, Path(temporary))), encoding="utf-8")
    for name_, text_ in as_read().items():
        (FOLDER / f"{name_}.read.txt").write_text(text_, encoding="utf-8")
