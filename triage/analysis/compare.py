"""Compare two rule sets by meaning: the kinds of referral whose rating or urgency moves, and the rules that move it.

A kind is a smallest set of answers that moves an outcome: a referral with these answers and no others moves. Further
kinds of the same move are searched for among the referrals that do not have all of those answers.
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
"""How many kinds of one move are reported."""


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
        all_moves = [
            *_moves("rating", new.scales.rating_ids, before, after, search, changed),
            *_moves("urgency", new.scales.urgency_ids, before, after, search, changed),
        ]
    return tuple(sorted(all_moves, key=lambda move: (len(move.facts), move.axis, move.before, move.after)))


def counts(old: RuleSet, new: RuleSet, referrals: Iterable[Referral]) -> Counter[tuple[Axis, str, str]]:
    """Count the moves among given referrals."""
    moved: Counter[tuple[Axis, str, str]] = Counter()
    for referral in referrals:
        before, after = (_so_far(ruleset, referral.answers) for ruleset in (old, new))
        if before.rating != after.rating:
            moved["rating", before.rating, after.rating] += 1
        if before.level != after.level:
            moved["urgency", before.level, after.level] += 1
    return moved


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
            other_kinds: list[Any] = []
            for _ in range(KINDS):
                model = search.smallest(_is(axis, before, old_value), _is(axis, after, new_value), *other_kinds)
                if model is None:
                    break
                facts = after.replay(model)
                yield Move(axis, old_value, new_value, facts, _responsible(before, after, facts, changed))
                other_kinds.append(no(after.variables.is_given(facts)))


def _is(axis: Axis, symbolic: Symbolic, value: str) -> Any:
    return symbolic.rating_is(value) if axis == "rating" else symbolic.level_is(value)


def _responsible(before: Symbolic, after: Symbolic, answers: Answers, changed: frozenset[str]) -> tuple[str, ...]:
    """The rules that fire in one of the two sets only, or in both with a meaning that changed."""
    old, new = (reference.evaluate(symbolic.ruleset, answers).fired for symbolic in (before, after))
    return tuple(sorted((old ^ new) | ((old & new) & changed)))


def _changed_rules(old: RuleSet, new: RuleSet) -> frozenset[str]:
    return frozenset(
        id_
        for id_, rule in new.by_id.items()
        if id_ in old.by_id and meaning_digest(rule) != meaning_digest(old.by_id[id_])
    )


def _check_vocabulary(old: RuleSet, new: RuleSet) -> None:
    read = [
        (rule.place, f"`{rule.id}` of the old rules", condition) for rule in old.rules for condition in rule.conditions
    ]
    read += [(NOWHERE, "The old vocabulary", condition) for condition in old.vocabulary.deciding_conditions]
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
    missing = sorted(values - set(fact.values))
    return f"`{condition.fact}: {missing[0]}`" if missing else ""


def _values(condition: Condition) -> frozenset[str]:
    """The values that the condition names."""
    match condition:
        case OneOf(values=values) | Includes(members=values):
            return values
    return frozenset()
