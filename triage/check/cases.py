"""Written cases: YAML files with a story and its answers, and which rules fire on them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from triage.engines.reference import evaluate
from triage.model.faults import Fault, FaultyRuleSet, Place
from triage.model.rule import Answers, Value
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral, RefusedReferral, as_json
from triage.reading.referral_reader import ReferralReader
from triage.reading.yaml_text import read


@dataclass(frozen=True, slots=True)
class Case:
    """One written case: its id, its story, and the rules that fire on it."""

    id: str
    story: str
    fired: frozenset[str]


def read_cases(folders: Iterable[Path], ruleset: RuleSet) -> tuple[Case, ...]:
    """Read every case of the folders, each in order of file name.

    A case has ``id``, ``story``, ``facts``, and ``all_clear: true`` where every core safety question that it does not
    name is answered with its neutral value. Raises FaultyRuleSet, naming file and fault, where one can't be read.
    """
    reader = ReferralReader(ruleset.vocabulary)
    return tuple(_case(path, reader, ruleset) for folder in folders for path in sorted(folder.glob("*.yaml")))


def referrals_in(folders: Iterable[Path], ruleset: RuleSet) -> Iterator[Answers]:
    """Read the answers of every case of the folders, in the same order as `read_cases`."""
    reader = ReferralReader(ruleset.vocabulary)
    for folder in folders:
        for path in sorted(folder.glob("*.yaml")):
            yield _read(path, reader, ruleset)[1].answers


def _case(path: Path, reader: ReferralReader, ruleset: RuleSet) -> Case:
    data, referral = _read(path, reader, ruleset)
    story = " ".join(str(data.get("story", "")).split())
    return Case(str(data["id"]), story, evaluate(ruleset, referral.answers).fired)


def _read(path: Path, reader: ReferralReader, ruleset: RuleSet) -> tuple[dict[str, Any], Referral]:
    data = read(path, str(path)).data
    if not isinstance(data, dict) or "id" not in data:
        raise FaultyRuleSet([Fault(Place(str(path)), "case", "A case has an `id`, a `story` and `facts`.")])
    facts = dict(data.get("facts") or {})
    if data.get("all_clear"):
        _clear(facts, ruleset)
    try:
        return data, reader.read({"facts": facts})
    except RefusedReferral as refused:
        raise FaultyRuleSet([Fault(Place(str(path)), "case", str(refused))]) from refused


def _clear(facts: dict[str, Any], ruleset: RuleSet) -> None:
    """Answer the remaining core questions; twice, since an answer may make another question core."""
    for _ in range(2):
        answered: dict[str, Value] = {
            name: frozenset(value) if isinstance(value, list) else value for name, value in facts.items()
        }
        for name in ruleset.vocabulary.core_unanswered(answered):
            fact = ruleset.vocabulary[name]
            if fact.neutral is not None:
                facts.setdefault(name, as_json(fact.neutral, fact))
