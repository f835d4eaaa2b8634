"""Two rule sets compared by what they mean: the kinds of referral whose outcome moves, from what to what, and why.

A kind is the fewest answers that make an outcome move: whoever has these and no others moves. Further kinds of the same
move are looked for among the referrals that do not have all of those answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

from triage.analysis.formulas import Search, no, solving
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.check.rule_digest import meaning_digest
from triage.engines import reference
from triage.engines.outcome import Outcome, outcome
from triage.model.faults import NOWHERE, Fault, FaultyRuleSet
from triage.model.rule import Answers, Condition, Includes, OneOf
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral

Axis = Literal["rating", "urgency"]
KINDS = 3
"""How many kinds of one move are told."""


@dataclass(frozen=True, slots=True)
class Move:
    """One kind of referral whose outcome moves, and the rules that make it."""

    axis: Axis
    before: str
    after: str
    facts: Answers
    rules: tuple[str, ...]


def moves(old: RuleSet, new: RuleSet, timeout: float = 10.0) -> tuple[Move, ...]:
    """Give the kinds of referral whose rating or urgency moves, those with the fewest answers first.

    Raises FaultyRuleSet where the old rules read what the new vocabulary does not have, SolverTimeout where the solver
    has no time.
    """
    _check_vocabulary(old, new)
    with solving:
        variables = Variables(new.vocabulary, [old, new])
        before, after = Symbolic(old, variables), Symbolic(new, variables)
        search = search_among(variables, timeout=timeout)
        changed = _changed_rules(old, new)
        found = [
            *_moves("rating", new.scales.rating_ids, before, after, search, changed),
            *_moves("urgency", new.scales.urgency_ids, before, after, search, changed),
        ]
    return tuple(sorted(found, key=lambda move: (len(move.facts), move.axis, move.before, move.after)))


def counts(old: RuleSet, new: RuleSet, referrals: Iterable[Referral]) -> Counter[tuple[Axis, str, str]]:
    """Count the moves among given referrals."""
    found: Counter[tuple[Axis, str, str]] = Counter()
    for referral in referrals:
        one, other = (_so_far(ruleset, referral.answers) for ruleset in (old, new))
        if one.rating != other.rating:
            found["rating", one.rating, other.rating] += 1
        if one.level != other.level:
            found["urgency", one.level, other.level] += 1
    return found


def _so_far(ruleset: RuleSet, answers: Answers) -> Outcome:
    evaluation = reference.evaluate(ruleset, answers)
    return outcome(ruleset, ruleset.fired(evaluation.fired), evaluation.answers)


def _moves(
    axis: Axis, values: tuple[str, ...], before: Symbolic, after: Symbolic, search: Search, changed: frozenset[str]
) -> Iterator[Move]:
    for old_value in values:
        for new_value in values:
            if old_value == new_value:
                continue
            told: list[Any] = []
            for _ in range(KINDS):
                model = search.smallest(_is(axis, before, old_value), _is(axis, after, new_value), *told)
                if model is None:
                    break
                facts = after.replay(model)
                yield Move(axis, old_value, new_value, facts, _responsible(before, after, facts, changed))
                told.append(no(after.variables.is_given(facts)))


def _is(axis: Axis, symbolic: Symbolic, value: str) -> Any:
    return symbolic.rating_is(value) if axis == "rating" else symbolic.level_is(value)


def _responsible(before: Symbolic, after: Symbolic, answers: Answers, changed: frozenset[str]) -> tuple[str, ...]:
    """The rules that fire in one of the two sets only, or in both with a meaning that changed."""
    one, other = (reference.evaluate(each.ruleset, answers).fired for each in (before, after))
    return tuple(sorted((one ^ other) | ((one & other) & changed)))


def _changed_rules(old: RuleSet, new: RuleSet) -> frozenset[str]:
    return frozenset(
        id_
        for id_, rule in new.by_id.items()
        if id_ in old.by_id and meaning_digest(rule) != meaning_digest(old.by_id[id_])
    )


def _check_vocabulary(old: RuleSet, new: RuleSet) -> None:
    read = [(rule.place, f"`{rule.id}` of the old rules", each) for rule in old.rules for each in rule.conditions]
    read += [(NOWHERE, "The old vocabulary", each) for each in old.vocabulary.deciding_conditions]
    faults = [
        Fault(
            place,
            "vocabulary",
            f"{who} reads {lacking}, which the new vocabulary lacks.",
            "Compare with a version that has it.",
        )
        for place, who, condition in read
        if (lacking := _lacking(condition, new))
    ]
    if faults:
        raise FaultyRuleSet(faults)


def _lacking(condition: Condition, new: RuleSet) -> str:
    fact = new.vocabulary.facts.get(condition.fact)
    if fact is None:
        return f"`{condition.fact}`"
    values = _values(condition)
    gone = sorted(values - set(fact.values))
    return f"`{condition.fact}: {gone[0]}`" if gone else ""


def _values(condition: Condition) -> frozenset[str]:
    """The values that the condition names."""
    match condition:
        case OneOf(values=values) | Includes(members=values):
            return values
    return frozenset()
