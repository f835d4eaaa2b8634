"""Loading a rule set from its folder: every file read, every fault of every file gathered, then checked."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.rule import Rule
from triage.model.ruleset import Instrument, RuleSet
from triage.model.scales import Scales
from triage.model.vocabulary import Vocabulary
from triage.reading import scales_file, sources_file
from triage.reading.instrument_file import read_instrument
from triage.reading.rule_file import read_rules
from triage.reading.shape import Strict
from triage.reading.vocabulary_file import compare_with_scales, read_vocabulary
from triage.reading.yaml_text import Document, read

VOCABULARY, SCALES, SOURCES, COURSE, ABOUT = (
    "vocabulary.yaml",
    "scales.yaml",
    "sources.yaml",
    "course.yaml",
    "ruleset.yaml",
)
LOCK_FILE = "lock.json"
"""The meaning of each rule as it was when the version was set."""

INSTRUMENTS = "instruments"
"""The folder of the questionnaires."""

EXAMPLES = ".examples.yaml"
"""How a file of examples ends that stands beside a rule's."""

Read = TypeVar("Read")


class _Identity(Strict):
    name: str
    version: str


def read_ruleset(folder: Path) -> RuleSet:
    """Read the rule set in ``folder`` without checking its rules against each other.

    Raises FaultyRuleSet with all faults of all files.
    """
    if not (folder / ABOUT).is_file():
        message = f"There is no rule set in this folder: `{ABOUT}` is missing."
        raise FaultyRuleSet([Fault(Place(str(folder)), "text", message, "Name the folder that holds it.")])
    faults: list[Fault] = []
    vocabulary = _gather(lambda: read_vocabulary(_document(folder, VOCABULARY)), faults)
    facts = vocabulary.facts if vocabulary is not None else None
    scales = _gather(lambda: scales_file.read_scales(_document(folder, SCALES), facts), faults)
    sources = _gather(lambda: sources_file.read_sources(_document(folder, SOURCES)), faults)
    about = _gather(lambda: _document(folder, ABOUT).data, faults)
    course = _gather(lambda: _document(folder, COURSE).data, faults)
    if vocabulary is None or scales is None or sources is None or about is None or course is None:
        raise FaultyRuleSet(faults)
    faults.extend(compare_with_scales(_document(folder, VOCABULARY), vocabulary, scales))
    rules, instruments = _rules(folder, vocabulary, scales, faults)
    if faults:
        raise FaultyRuleSet(faults)
    return RuleSet(
        vocabulary=vocabulary,
        scales=scales,
        rules=tuple(rule for rule in rules if rule.status == "active"),
        all_rules=rules,
        name=str(about["name"]),
        version=str(about["version"]),
        digest=_digest(folder),
        sources=sources.sources,
        evidence_rows=sources.evidence_rows,
        rows_without_rule=sources.rows_without_rule,
        about=about | {"lock": _lock(folder)},
        course=course,
        instruments=instruments,
    )


def rule_paths(folder: Path) -> list[Path]:
    """The files of a rule set that hold rules, instruments among them, in order of path."""
    return sorted(path for path in folder.glob("*/*.yaml") if not path.name.endswith(EXAMPLES))


def _rules(
    folder: Path, vocabulary: Vocabulary, scales: Scales, faults: list[Fault]
) -> tuple[tuple[Rule, ...], dict[str, Instrument]]:
    rules: list[Rule] = []
    instruments: dict[str, Instrument] = {}
    for path in rule_paths(folder):
        document = _read(path, folder, faults)
        if document is None:
            continue
        beside = path.with_name(path.stem + EXAMPLES)
        examples = _read(beside, folder, faults) if beside.is_file() else None
        if path.parent.name == INSTRUMENTS:
            record, read_here, found = read_instrument(document, vocabulary.facts, scales, examples)
            instruments |= {record.id: record} if record is not None else {}
        else:
            read_here, found = read_rules(document, vocabulary.facts, scales, examples)
        rules.extend(read_here)
        faults.extend(found)
    return tuple(sorted(rules, key=lambda rule: rule.id)), instruments


def _read(path: Path, folder: Path, faults: list[Fault]) -> Document | None:
    return _gather(lambda: read(path, _shown(path, folder)), faults)


def _gather(reading: Callable[[], Read], faults: list[Fault]) -> Read | None:
    """Read, or keep the faults and go on to the next file."""
    try:
        return reading()
    except FaultyRuleSet as error:
        faults.extend(error.faults)
        return None


def _document(folder: Path, name: str) -> Document:
    return read(folder / name, _shown(folder / name, folder))


def _shown(path: Path, folder: Path) -> str:
    """How messages call a file: from the rule set's own folder on."""
    return str(Path(folder.name) / path.relative_to(folder))


def _lock(folder: Path) -> Any:
    path = folder / LOCK_FILE
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None


def _digest(folder: Path) -> str:
    """The digest of every file's name and bytes: two rule sets with one digest are the same."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        content = path.read_bytes()
        whole.update(f"{path.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        whole.update(content)
    return f"sha256:{whole.hexdigest()}"
