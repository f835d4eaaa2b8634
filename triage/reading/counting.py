"""Which answers of a referral count: a reassuring answer to a core question does not, whoever else's word it is.

This is done once, when a referral is read, to the answers given; every engine gets the answers that count. An answer
that is not reassuring counts, whoever said it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Value, all_hold, members
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class NotCounted:
    """An answer that is kept as given and reasoned about as unknown, and why."""

    fact: str
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers that count, those that do not, and the facts answered for the rules and not for the floor."""

    answers: Answers
    not_counted: tuple[NotCounted, ...] = ()
    unanswered_for_floor: frozenset[str] = frozenset()


def count_answers(vocabulary: Vocabulary, given: Answers, said_by: Mapping[str, str]) -> Counted:
    """Decide of each answer given whether it counts; ``said_by`` holds the speakers' ids by fact."""
    answers: dict[str, Value] = {}
    not_counted: list[NotCounted] = []
    in_part: set[str] = set()
    clouded = next((each.why for each in vocabulary.clouded_while if all_hold(each.when, given)), None)
    for name in vocabulary.in_order(given):
        fact, value = vocabulary[name], given[name]
        told = _not_counting(vocabulary, fact, said_by.get(name))
        why = told or (clouded if "clouded" not in fact.reassuring.but else None)
        if told and value in fact.reassuring.in_part:
            answers[name] = value
            in_part.add(name)
            not_counted.append(NotCounted(name, told))
        elif why and fact.can_be_core and fact.reassures(value):
            not_counted.append(NotCounted(name, why))
            if isinstance(value, frozenset) and members(value):
                answers[name] = members(value) | {UNKNOWN}
        else:
            answers[name] = value
    return Counted(answers, tuple(not_counted), frozenset(in_part))


def _not_counting(vocabulary: Vocabulary, fact: Fact, speaker: str | None) -> str | None:
    """Say why reassurance about this fact does not count from this speaker; None where it does."""
    if speaker is None or "said_by" in fact.reassuring.but:
        return None
    return next((each.why for each in vocabulary.speakers if each.id == speaker and not each.counts), None)
