"""Read a rule set from its folder: every file, collecting the faults of all of them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path, PurePosixPath
from typing import TypeVar

from triage.model.collector import collector_paused
from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.rule import SET_ASIDE, Rule
from triage.model.ruleset import Instrument, RuleSet
from triage.model.scales import Scales
from triage.model.vocabulary import Vocabulary
from triage.reading import scales_file, sources_file
from triage.reading.alarm_file import read_alarm
from triage.reading.course_file import read_course
from triage.reading.hazards_file import FILE as HAZARDS
from triage.reading.hazards_file import read_hazards
from triage.reading.instrument_file import read_instrument
from triage.reading.planted_file import read_planted
from triage.reading.rule_file import read_rules
from triage.reading.ruleset_file import FILE as ABOUT
from triage.reading.ruleset_file import read_about
from triage.reading.vocabulary_file import compare_with_scales, read_vocabulary
from triage.reading.yaml_text import Document, read

VOCABULARY, SCALES, SOURCES, COURSE = "vocabulary.yaml", "scales.yaml", "sources.yaml", "course.yaml"

INSTRUMENTS = "instruments"
"""The folder of the questionnaires."""

EXAMPLES = ".examples.yaml"
"""The end of the name of a file that holds the examples of the rule file beside it."""

Read = TypeVar("Read")


@collector_paused()
def read_ruleset(folder: Path) -> RuleSet:
    """Read the rule set in ``folder``. The rules are not checked against each other; see :mod:`triage.check`.

    Raises FaultyRuleSet with all faults of all files.
    """
    if not (folder / ABOUT).is_file():
        message = f"There is no rule set in this folder: `{ABOUT}` is missing."
        raise FaultyRuleSet([Fault(Place(str(folder)), "text", message, "Name the folder that holds it.")])
    faults: list[Fault] = []
    vocabulary_text = _gather(lambda: _document(folder, VOCABULARY), faults)
    vocabulary = _gather(lambda: read_vocabulary(vocabulary_text), faults) if vocabulary_text is not None else None
    facts = vocabulary.facts if vocabulary is not None else None
    scales = _gather(lambda: scales_file.read_scales(_document(folder, SCALES), facts), faults)
    sources = _gather(lambda: sources_file.read_sources(_document(folder, SOURCES)), faults)
    about = _gather(lambda: read_about(_document(folder, ABOUT)), faults)
    course_text = _gather(lambda: _document(folder, COURSE), faults)
    if (
        vocabulary_text is None
        or vocabulary is None
        or scales is None
        or sources is None
        or about is None
        or course_text is None
    ):
        raise FaultyRuleSet(faults)
    faults.extend(compare_with_scales(vocabulary_text, vocabulary, scales))
    course = _gather(lambda: read_course(course_text, vocabulary.facts, scales), faults)
    rules, instruments, draft_faults = _rules(folder, vocabulary, scales, faults)
    hazards = _gather(lambda: read_hazards(_document(folder, HAZARDS)), faults) if (folder / HAZARDS).is_file() else ()
    alarm = _gather(lambda: read_alarm(folder), faults)
    planted = _gather(lambda: read_planted(folder), faults)
    if faults:
        raise FaultyRuleSet(faults)
    return RuleSet(
        vocabulary=vocabulary,
        scales=scales,
        rules=tuple(rule for rule in rules if rule.status == "active"),
        all_rules=rules,
        name=about.name,
        version=about.version,
        digest=digest_of_files(rule_set_files(folder)),
        sources=sources.sources,
        evidence_rows=sources.evidence_rows,
        rows_without_rule=sources.rows_without_rule,
        claim_places=sources.places,
        about=about,
        course=course,
        instruments=instruments,
        hazards=hazards or (),
        alarm=alarm,
        planted=planted or {},
        draft_faults=draft_faults,
    )


def rule_paths(folder: Path) -> list[Path]:
    """The rule files and instrument files of a rule set, in order of path."""
    return sorted(path for path in folder.glob("*/*.yaml") if not path.name.endswith(EXAMPLES))


def _rules(
    folder: Path, vocabulary: Vocabulary, scales: Scales, faults: list[Fault]
) -> tuple[tuple[Rule, ...], dict[str, Instrument], tuple[Fault, ...]]:
    """Read all rules and questionnaires. Gives the faults of drafts and retired rules apart from ``faults``."""
    rules: list[Rule] = []
    instruments: dict[str, Instrument] = {}
    draft_faults: list[Fault] = []
    for path in rule_paths(folder):
        document = _read(path, folder, faults)
        if document is None:
            continue
        beside = path.with_name(path.stem + EXAMPLES)
        examples = _read(beside, folder, faults) if beside.is_file() else None
        if path.parent.name == INSTRUMENTS:
            record, read_here, file_faults = read_instrument(document, vocabulary.facts, scales, examples)
            instruments |= {record.id: record} if record is not None else {}
        else:
            read_here, file_faults = read_rules(document, vocabulary.facts, scales, examples)
        rules.extend(read_here)
        (draft_faults if _is_set_aside(document) else faults).extend(file_faults)
    return tuple(sorted(rules, key=lambda rule: rule.id)), instruments, tuple(draft_faults)


def _read(path: Path, folder: Path, faults: list[Fault]) -> Document | None:
    return _gather(lambda: read(path, _shown(path, folder)), faults)


def _is_set_aside(document: Document) -> bool:
    """Whether the rule of the file is a draft or retired."""
    return isinstance(document.data, dict) and document.data.get("status") in SET_ASIDE


def _gather(reading: Callable[[], Read], faults: list[Fault]) -> Read | None:
    """Call ``reading``; where it raises FaultyRuleSet, add its faults to ``faults`` and give None."""
    try:
        return reading()
    except FaultyRuleSet as error:
        faults.extend(error.faults)
        return None


def _document(folder: Path, name: str) -> Document:
    return read(folder / name, _shown(folder / name, folder))


def _shown(path: Path, folder: Path) -> str:
    """The path of a file in messages, beginning with the name of the rule set's folder."""
    return str(Path(folder.name) / path.relative_to(folder))


def rule_set_files(folder: Path) -> dict[str, bytes]:
    """All YAML files of a rule set, by their path in its folder: what its digest is made from."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*.yaml"))}


def digest_of_files(files: Mapping[str, bytes]) -> str:
    """The SHA-256 digest of the names and the bytes of all files of a rule set."""
    whole = hashlib.sha256()
    for name in sorted(files, key=PurePosixPath):
        whole.update(f"{name}\0{len(files[name])}\0".encode())
        whole.update(files[name])
    return f"sha256:{whole.hexdigest()}"
