"""Read a file of frequencies: how many of 1,000 referrals give each answer.

::

    facts:
      suicidal_thoughts:                  # a choice: the counts of all its values come to 1,000
        source: a clinic's own records, 2025
        of_1000: {none: 730, passive: 160, active_no_plan: 90, plan_or_intent: 20}
      age_years:                          # a number: ranges that follow one another
        guess: true
        of_1000: [{from: 0, to: 17, count: 120}, {from: 18, to: 120, count: 880}]
      disputes:                           # a set: each member by itself
        guess: true
        of_1000: {partner: 200, family: 150, friend: 40, coworker: 60, school: 20}
        where:                            # other counts, by the answer to one other fact that is always asked
          - when: {age_years: {at_most: 17}}
            of_1000: {partner: 40, family: 300, friend: 90, coworker: 5, school: 150}
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import Field

from triage.model.fact import Fact
from triage.model.faults import FaultyRuleSet, KeyPath, did_you_mean
from triage.model.frequencies import FactFrequency, Frequencies, Shares
from triage.model.rule import Condition
from triage.model.truth import satisfies
from triage.model.vocabulary import Vocabulary
from triage.reading.conditions import Reader
from triage.reading.shape import Strict, shaped
from triage.reading.yaml_text import read

ALL = 1_000
"""The number of referrals that the counts are out of."""

CHECK = "frequencies"


class _Where(Strict):
    when: dict[str, Any]
    of_1000: Any


class _Fact(Strict):
    of_1000: Any
    where: list[_Where] = Field(default_factory=list)
    source: str | None = None
    guess: bool = False


class _File(Strict):
    about: str = ""
    facts: dict[str, _Fact]


def read_frequencies(file: Path, vocabulary: Vocabulary) -> Frequencies:
    """Read the frequencies of every fact of the vocabulary.

    Raises FaultyRuleSet with every fault of the file.
    """
    document = read(file, str(file))
    text = shaped(document, _File)
    reader = _FrequencyReader(Reader(document, vocabulary.facts), vocabulary, text)
    frequencies = {name: reader.fact(name, entry) for name, entry in text.facts.items()}
    for name in vocabulary.facts:
        if name not in text.facts:
            reader.fault(("facts",), f"`{name}` has no frequencies.", "Every fact needs them: add it.")
    if reader.faults:
        raise FaultyRuleSet(reader.faults)
    return {name: frequency for name, frequency in frequencies.items() if frequency is not None}


class _FrequencyReader:
    """Reads the facts of one file. It collects faults instead of raising them."""

    def __init__(self, reader: Reader, vocabulary: Vocabulary, text: _File) -> None:
        self._reader, self._vocabulary, self._text = reader, vocabulary, text
        self.faults = reader.faults

    def fault(self, path: KeyPath, message: str, fix: str) -> None:
        """Add a fault at ``path`` of the file."""
        self._reader.fault(path, CHECK, message, fix)

    def fact(self, name: str, text: _Fact) -> FactFrequency | None:
        """Read the frequencies of one fact; None where there is no such fact."""
        at = ("facts", name)
        fact = self._reader.fact(name, at)
        if fact is None:
            return None
        if text.guess is (text.source is not None):
            message = f"`{name}` has a source and is called a guess." if text.guess else f"`{name}` has no source."
            self.fault(at, message, "Write `source: …`, or `guess: true` where there is none.")
        shares = self._shares(fact, text.of_1000, (*at, "of_1000"))
        return FactFrequency(shares, self._where(fact, text.where, (*at, "where")), text.source)

    def _where(self, fact: Fact, entries: list[_Where], at: KeyPath) -> tuple[tuple[Condition, Shares], ...]:
        read: list[tuple[Condition, Shares]] = []
        for number, entry in enumerate(entries):
            conditions = self._reader.conjunction(entry.when, (*at, number, "when"))
            shares = self._shares(fact, entry.of_1000, (*at, number, "of_1000"))
            read += [(condition, shares) for condition in conditions]
        names = sorted({condition.fact for condition, _ in read})
        if len(names) > 1 or len(read) > len(entries):
            named = ", ".join(f"`{name}`" for name in names)
            self.fault(at, f"`{fact.name}` depends on {named}.", "Let it depend on one other fact.")
        elif names and self._may_decide(fact, names[0], at):
            self._exclude_each_other(fact, [condition for condition, _ in read], at)
        return tuple(read)

    def _may_decide(self, fact: Fact, name: str, at: KeyPath) -> bool:
        """Whether frequencies may depend on the other fact; where they may not, a fault is added."""
        other = self._vocabulary[name]
        reasons = {
            "which is the same fact": name == fact.name,
            "which is a set": other.is_set,
            "which is only sometimes asked": bool(other.asked_when),
            "which depends on another fact": name in self._text.facts and bool(self._text.facts[name].where),
        }
        reason = next((reason for reason, applies in reasons.items() if applies), None)
        if reason is not None:
            self.fault(at, f"`{fact.name}` can't depend on `{name}`, {reason}.", "Name another fact, or none.")
        return reason is None

    def _exclude_each_other(self, fact: Fact, conditions: list[Condition], at: KeyPath) -> None:
        other = self._vocabulary[conditions[0].fact]
        for value in other.all_answers:
            if [satisfies(condition, value) for condition in conditions].count(True) > 1:
                message = f"Two entries of `{fact.name}` hold where `{other.name}` is {value}."
                self.fault(at, message, "Let their conditions exclude each other.")
                return

    def _shares(self, fact: Fact, data: Any, at: KeyPath) -> Shares:
        return self._of_ranges(fact, data, at) if fact.is_integer else self._of_values(fact, data, at)

    def _of_values(self, fact: Fact, data: Any, at: KeyPath) -> Shares:
        if not isinstance(data, dict):
            message = f"The counts of `{fact.name}` are a mapping from its values to numbers."
            self.fault(at, message, f"Write `{{{fact.values[0]}: 900, …}}`.")
            return Shares()
        for value in data:
            if value not in fact.labels:
                message = f"`{value}` is not a value of `{fact.name}`."
                self.fault((*at, value), message, did_you_mean(value, fact.values))
        for value in fact.values:
            if value not in data:
                self.fault(at, f"`{fact.name}` has no count for `{value}`.", "Write 0 where nobody gives this answer.")
        counts = {value: self._count(count, (*at, value)) for value, count in data.items()}
        if not fact.is_set:
            self._comes_to_all(fact, sum(counts.values()), at)
        return Shares(of_values={value: count / ALL for value, count in counts.items()})

    def _of_ranges(self, fact: Fact, data: Any, at: KeyPath) -> Shares:
        ranges: list[tuple[int, int, float]] = []
        following = fact.minimum
        for number, entry in enumerate(data if isinstance(data, list) else [data]):
            low, high = (entry.get("from"), entry.get("to")) if isinstance(entry, dict) else (None, None)
            if not isinstance(low, int) or not isinstance(high, int) or entry.keys() != {"from", "to", "count"}:
                message = f"The counts of `{fact.name}` are a list of ranges."
                self.fault((*at, number), message, "Write `{from: 0, to: 9, count: 100}`.")
                return Shares()
            if low != following or high < low or high > fact.maximum:
                message = f"The range {low} to {high} of `{fact.name}` does not follow: the next begins at {following}."
                self.fault((*at, number), message, f"Ranges lead from {fact.minimum} to {fact.maximum}.")
                return Shares()
            following = high + 1
            ranges.append((low, high, self._count(entry["count"], (*at, number, "count")) / ALL))
        if following != fact.maximum + 1:
            message = f"The ranges of `{fact.name}` end at {following - 1}."
            self.fault(at, message, f"Ranges lead from {fact.minimum} to {fact.maximum}.")
        self._comes_to_all(fact, round(sum(share for _, _, share in ranges) * ALL), at)
        return Shares(of_ranges=tuple(ranges))

    def _count(self, count: Any, at: KeyPath) -> int:
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= ALL:
            return count
        self.fault(at, f"The count `{count}` is not a whole number from 0 to {ALL}.", "Counts are of 1,000 referrals.")
        return 0

    def _comes_to_all(self, fact: Fact, total: int, at: KeyPath) -> None:
        if total != ALL:
            self.fault(at, f"The counts of `{fact.name}` come to {total}, not to {ALL}.", "Correct one of them.")
