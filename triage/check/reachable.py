"""Every alternative of a rule can hold for some referral.

Each fact's possible answers are narrowed by the conditions on it, by what must hold for it to be asked, and by the
constraints. What needs reasoning across several constraints at once is left to the proofs.
"""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault
from triage.model.rule import Condition, Conjunction, Empty, Includes, satisfies
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import AtMost, Never, Vocabulary

Answers = dict[str, list[int | str]]


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find alternatives that no referral can make hold."""
    for rule in ruleset.all_rules:
        for number, conjunction in enumerate(rule.when, start=1):
            if not can_hold(conjunction, rule.unless, ruleset.vocabulary):
                which = f"Alternative {number} of `{rule.id}`" if len(rule.when) > 1 else f"`{rule.id}`"
                message = f"{which} can never hold: its conditions exclude one another."
                yield Fault(rule.place, "never-holds", message, "Compare them with each other and the constraints.")
        if rule.derives and rule.derives.fact in rule.facts:
            message = f"`{rule.id}` reads `{rule.derives.fact}`, which it derives only while it is unanswered."
            yield Fault(rule.place, "never-holds", message, "Leave that condition out.")


def can_hold(conjunction: Conjunction, unless: Conjunction, vocabulary: Vocabulary) -> bool:
    """Say whether a conjunction can hold while no ``unless`` does, as far as single facts and constraints tell."""
    gates = [vocabulary[name].asked_when for name in {each.fact for each in conjunction}]
    return any(_together((*conjunction, *extra), unless, vocabulary) for extra in _choices([g for g in gates if g]))


def _choices(gates: list[tuple[Conjunction, ...]]) -> Iterator[Conjunction]:
    """Each way of letting all the facts be asked."""
    if not gates:
        yield ()
        return
    for first in gates[0]:
        for rest in _choices(gates[1:]):
            yield (*first, *rest)


def _together(conditions: Conjunction, unless: Conjunction, vocabulary: Vocabulary) -> bool:
    if not _sets_agree(conditions, unless, vocabulary):
        return False
    answers = _answers(conditions, unless, vocabulary)
    if not all(answers.values()):
        return False
    given = {condition.fact for condition in conditions}
    return not any(_breaks(constraint, answers, given) for constraint in vocabulary.constraints)


def _answers(conditions: Conjunction, unless: Conjunction, vocabulary: Vocabulary) -> Answers:
    answers: Answers = {}
    for condition in conditions:
        fact = vocabulary[condition.fact]
        if fact.is_set:
            continue
        domain = answers.get(fact.name) or list(
            range(fact.minimum, fact.maximum + 1) if fact.is_integer else fact.values
        )
        answers[fact.name] = [value for value in domain if satisfies(condition, value)]
        if not answers[fact.name]:
            return answers
    for condition in unless:
        if condition.fact in answers:
            answers[condition.fact] = [v for v in answers[condition.fact] if not satisfies(condition, v)]
    return answers


def _sets_agree(conditions: Conjunction, unless: Conjunction, vocabulary: Vocabulary) -> bool:
    """Say whether the conditions on each set can hold together: try the largest set allowed, and the empty one."""
    for name in {each.fact for each in conditions if isinstance(each, Includes | Empty)}:
        wanted = [each for each in conditions if each.fact == name]
        barred = [each for each in unless if each.fact == name]
        shut_out = {m for each in barred if isinstance(each, Includes) for m in each.members}
        candidates = (frozenset(vocabulary[name].values) - shut_out, frozenset[str]())
        if not any(_fits(wanted, barred, candidate) for candidate in candidates):
            return False
    return True


def _fits(wanted: list[Condition], barred: list[Condition], value: frozenset[str]) -> bool:
    return all(satisfies(c, value) for c in wanted) and not any(satisfies(c, value) for c in barred)


def _breaks(constraint: AtMost | Never, answers: Answers, given: set[str]) -> bool:
    match constraint:
        case AtMost(lower=lower, upper=upper, plus=plus):
            low, high = answers.get(lower), answers.get(upper)
            return bool(low and high) and min(_numbers(low)) > max(_numbers(high)) + plus
        case Never(never=never, given=fact):
            if fact is not None and fact not in given:
                return False
            return all(
                condition.fact in answers and all(satisfies(condition, v) for v in answers[condition.fact])
                for condition in never
            )


def _numbers(values: list[int | str] | None) -> list[int]:
    return [value for value in values or () if isinstance(value, int)]
