"""Decide which answers of a referral count.

A reassuring answer to a core question does not count where it comes from somebody else than the person (unless the
vocabulary says so), or while the person is in a state in which no reassurance counts. Every other answer counts. This
is decided once, when a referral is read; every engine gets the answers that count.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.fact import Fact
from triage.model.rule import UNKNOWN, Answers, Value
from triage.model.truth import all_hold, members
from triage.model.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class NotCounted:
    """An answer that is kept as given and evaluated as unknown, and the sentence that says why."""

    fact: str
    why: str


@dataclass(frozen=True, slots=True)
class Counted:
    """The answers that count, those that do not, and the facts that are answered for rules but not for the floor."""

    answers: Answers
    not_counted: tuple[NotCounted, ...] = ()
    unanswered_for_floor: frozenset[str] = frozenset()


def count_answers(vocabulary: Vocabulary, given: Answers, said_by: Mapping[str, str]) -> Counted:
    """Decide which of the answers given count. ``said_by`` holds the id of the speaker by fact.

    Of a set that does not count, the members count, and the set is open.
    """
    answers: dict[str, Value] = {}
    not_counted: list[NotCounted] = []
    in_part: set[str] = set()
    clouded = next((state.why for state in vocabulary.clouded_while if all_hold(state.when, given)), None)
    if clouded is None and not said_by:
        return Counted(given)
    for name in vocabulary.in_order(given):
        fact, value = vocabulary[name], given[name]
        doubted = _why_doubted(vocabulary, fact, said_by.get(name))
        why = doubted or (clouded if "clouded" not in fact.reassuring.but else None)
        if doubted and value in fact.reassuring.in_part:
            answers[name] = value
            in_part.add(name)
            not_counted.append(NotCounted(name, doubted))
        elif why and fact.can_be_core and fact.reassures(value):
            not_counted.append(NotCounted(name, why))
            if isinstance(value, frozenset) and members(value):
                answers[name] = members(value) | {UNKNOWN}
        else:
            answers[name] = value
    return Counted(answers, tuple(not_counted), frozenset(in_part))


def _why_doubted(vocabulary: Vocabulary, fact: Fact, speaker: str | None) -> str | None:
    """Why reassurance about this fact does not count from this speaker; None where it counts."""
    if speaker is None or "said_by" in fact.reassuring.but:
        return None
    return next((known.why for known in vocabulary.speakers if known.id == speaker and not known.counts), None)
