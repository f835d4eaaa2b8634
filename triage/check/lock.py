"""The lock file, ``lock.json``: digests of the meaning of every rule, fact and scale at the last release.

A changed meaning runs at once; only ``triage rules check --release`` refuses it, until ``triage rules bump`` has raised
the version, written a new lock and begun an entry of the change log.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Literal

from triage.check.rule_digest import asked_digest, conjunction_text, digest, meaning_digest
from triage.model.fact import Fact
from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.rule import Effect, Format, Limits, Rule, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import Scales
from triage.model.vocabulary import AtMost, Never

_TEXTS, _MAPPINGS = ("version", "words", "scales", "constraints"), ("facts", "rules")
LOCK_FILE = "lock.json"
Step = Literal["major", "minor", "patch"]
Kind = Literal["is new", "has changed", "is gone"]


@dataclasses.dataclass(frozen=True, slots=True)
class Change:
    """A change since the last release to a rule, a fact or a shared part, and the version step it needs."""

    what: str
    id: str
    kind: Kind
    step: Step
    place: Place

    def __str__(self) -> str:
        return f"{self.what.capitalize()} `{self.id}` {self.kind}"


def lock_of(ruleset: RuleSet, folder: Path) -> dict[str, Any]:
    """Build the content of this rule set's lock file; drafts and retired rules are left out."""
    return {
        "version": ruleset.version,
        "words": words_digest(folder),
        "scales": _scales_digest(ruleset.scales),
        "constraints": digest(sorted(repr(constraint) for constraint in _constraints(ruleset))),
        "facts": {fact.name: _fact_digest(fact) for fact in ruleset.vocabulary},
        "rules": {rule.id: _rule_entry(rule) for rule in ruleset.rules},
    }


def read_lock(folder: Path) -> dict[str, Any] | None:
    """Read the lock of the last release, None if there is none. Raises FaultyRuleSet if it can't be read."""
    path = folder / LOCK_FILE
    if not path.is_file():
        return None
    try:
        lock: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        for key in (*_TEXTS, *_MAPPINGS):
            if not isinstance(lock[key], str if key in _TEXTS else dict):
                raise TypeError(key)
    except (ValueError, KeyError, TypeError) as error:
        message = "The lock file can't be read."
        raise FaultyRuleSet(
            [Fault(lock_place(folder), "lock", message, "Restore it from the last release.")]
        ) from error
    return lock


def write_lock(ruleset: RuleSet, folder: Path) -> None:
    """Write the lock file of this version, one rule or fact per line."""
    lock = lock_of(ruleset, folder)
    lines = [f" {json.dumps(key)}: {json.dumps(lock[key])}" for key in _TEXTS]
    for key in _MAPPINGS:
        entries = ",\n".join(f"  {json.dumps(id_)}: {json.dumps(entry)}" for id_, entry in lock[key].items())
        lines.append(f" {json.dumps(key)}: {{\n{entries}\n }}")
    (folder / LOCK_FILE).write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="utf-8")


def changes_since(lock: Mapping[str, Any], ruleset: RuleSet, folder: Path) -> tuple[Change, ...]:
    """List every meaning that differs from the lock, in order of id."""
    now = lock_of(ruleset, folder)
    places = {rule.id: rule.place for rule in ruleset.all_rules}
    changes = []
    for part, file in (("scales", "scales.yaml"), ("constraints", "vocabulary.yaml")):
        if now[part] != lock[part]:
            changes.append(Change("part", part, "has changed", "major", Place(f"{folder.name}/{file}")))
    for id_, kind in _differing(lock["facts"], now["facts"]):
        step: Step = "minor" if kind == "is new" else "major"
        changes.append(Change("fact", id_, kind, step, Place(f"{folder.name}/vocabulary.yaml")))
    for id_, kind in _differing(lock["rules"], now["rules"]):
        step = _step_of(lock["rules"].get(id_), now["rules"].get(id_), ruleset.scales)
        changes.append(Change("rule", id_, kind, step, places.get(id_, lock_place(folder))))
    return tuple(changes)


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> Iterator[tuple[str, Kind]]:
    for id_ in sorted({*before, *now}):
        if id_ not in before:
            yield id_, "is new"
        elif id_ not in now:
            yield id_, "is gone"
        elif before[id_] != now[id_]:
            yield id_, "has changed"


def _step_of(before: Mapping[str, Any] | None, now: Mapping[str, Any] | None, scales: Scales) -> Step:
    """Give the version step of a rule's change: major if a caution may now hold less often or less strongly."""
    if before is None or "asks" not in before:
        return "minor"
    if now is None or now.get("asks") != before["asks"]:
        return "major"
    kept = (
        kind in now["cautions"] and _no_weaker(value, now["cautions"][kind], scales)
        for kind, value in before["cautions"].items()
    )
    return "minor" if all(kept) else "major"


def _no_weaker(before: str, now: str, scales: Scales) -> bool:
    if before in scales.urgency_ids and now in scales.urgency_ids:
        return scales.urgency_rank(now) >= scales.urgency_rank(before)
    if before in scales.rating_ids and now in scales.rating_ids:
        return scales.rating_rank(now) <= scales.rating_rank(before)
    return now == before


def _rule_entry(rule: Rule) -> dict[str, Any]:
    """Digest a rule's meaning; for a rule that cautions, add each caution with its strength and its conditions."""
    entry: dict[str, Any] = {"meaning": meaning_digest(rule)}
    cautions = dict(caution for effect in rule.effects if (caution := _caution(effect)) is not None)
    return entry | ({"cautions": cautions, "asks": asked_digest(rule)} if cautions else {})


def _caution(effect: Effect) -> tuple[str, str] | None:
    """Name what an effect cautions against, and how strongly."""
    match effect:
        case Urgency(level=level):
            return "urgency", level
        case Limits(to=to, targets=targets):
            return f"limits {' '.join(sorted(targets))}".strip(), to
        case Format(format=format_, suited=False):
            return "unsuited", format_
        case _:
            return None


def _fact_digest(fact: Fact) -> str:
    """Digest a fact's meaning: its answers in order, when it is asked and when it is core; not its words."""
    return digest(
        [
            fact.type,
            fact.group,
            fact.values,
            fact.minimum,
            fact.maximum,
            fact.ordered,
            fact.changeable,
            [fact.core.kind, fact.core.given, sorted(map(conjunction_text, fact.core.when))],
            [fact.floor.level, sorted(map(conjunction_text, fact.floor.held_while))] if fact.floor else [],
            [sorted(fact.reassuring.values), sorted(fact.reassuring.but), sorted(fact.reassuring.in_part)],
            sorted(map(conjunction_text, fact.asked_when)),
        ]
    )


def _scales_digest(scales: Scales) -> str:
    """Digest the meaning of the scales: the order of their values, where ratings are held, and the floor."""
    return digest(
        [
            scales.rating_ids,
            [(term.id, dict(term.respond_within)) for term in scales.urgencies],
            [term.id for term in (*scales.certainties, *scales.roles, *scales.foci)],
            [format_.id for format_ in scales.formats],
            [therapy.id for therapy in scales.therapies],
            [[target.id, target.life_problem] for target in scales.targets],
            sorted(scales.hold_at),
            scales.floor,
        ]
    )


def _constraints(ruleset: RuleSet) -> Iterator[list[Any]]:
    """List what each constraint forbids, without its message."""
    for constraint in ruleset.vocabulary.constraints:
        match constraint:
            case AtMost(lower=lower, upper=upper, plus=plus):
                yield [lower, upper, plus]
            case Never(never=never, given=given):
                yield [conjunction_text(never), given]


def words_digest(folder: Path) -> str:
    """Digest all YAML files but ruleset.yaml, so that changes of wording are seen too."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.yaml")):
        if path.name != "ruleset.yaml":
            whole.update(f"{path.relative_to(folder).as_posix()}\0".encode() + path.read_bytes())
    return whole.hexdigest()[:16]


def lock_place(folder: Path) -> Place:
    """Give the place of the lock file, as messages name it."""
    return Place(f"{folder.name}/{LOCK_FILE}")
