"""Check that a rule's examples show each of its conditions to matter and have each value that it lists.

A condition is shown if two examples differ in its fact alone, and the rule fires on one of them and not on the other.
A condition that no admitted referral can show is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import product

from triage.check.mutants import Differences, Mutant, mutants
from triage.model.faults import Fault
from triage.model.rule import Condition, Includes, OneOf, Rule, Value
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.model.vocabulary import Vocabulary

_FIX = "`triage rules examples {id}` proposes examples."


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find the conditions that no examples show to matter, and the listed values that no example has."""
    return faults_of(ruleset.rules, ruleset.vocabulary)


def faults_of(rules: Iterable[Rule], vocabulary: Vocabulary) -> Iterator[Fault]:
    """Find the conditions and values that the examples of these rules do not show."""
    lacking = [(rule, mutant) for rule in rules for mutant in mutants(rule, vocabulary) if _is_lacking(mutant, rule)]
    differences = Differences((compared for rule, mutant in lacking for compared in (rule, mutant.rule)), vocabulary)
    reported: set[str] = set()
    for rule, mutant in lacking:
        message = _message(mutant, rule)
        if message not in reported and differences.differs(rule, mutant):
            reported.add(message)
            place = rule.at_condition(mutant.condition.fact)
            yield Fault(place, "example-shows", message, _FIX.format(id=rule.id))


def _is_lacking(mutant: Mutant, rule: Rule) -> bool:
    if mutant.drops:
        return not is_shown(mutant.condition, rule)
    value = taken_value(mutant)
    return value is not None and not _has_value(rule, mutant.condition, value)


def taken_value(mutant: Mutant) -> str | None:
    """Give the listed value that the mutant takes away, if that is its change."""
    _, taken, value = mutant.change.partition(" without ")
    return value if taken else None


def is_shown(condition: Condition, rule: Rule) -> bool:
    """Say whether two examples that differ in the condition's fact alone show it to matter."""
    firing, others = (_by_rest(condition.fact, rule, fires) for fires in (True, False))
    return any(
        satisfies(condition, one) is not satisfies(condition, other)
        for rest in firing.keys() & others.keys()
        for one, other in product(firing[rest], others[rest])
    )


def _by_rest(name: str, rule: Rule, fires: bool) -> Mapping[frozenset[tuple[str, Value]], list[Value]]:
    """The answers to a fact in the examples on which the rule fires, or does not, by all their other answers."""
    by_rest: dict[frozenset[tuple[str, Value]], list[Value]] = {}
    for example in rule.examples:
        if example.fires is fires and name in example.given:
            rest = frozenset((fact, value) for fact, value in example.given.items() if fact != name)
            by_rest.setdefault(rest, []).append(example.given[name])
    return by_rest


def _has_value(rule: Rule, condition: Condition, value: str) -> bool:
    given = [example.given.get(condition.fact) for example in rule.examples]
    if isinstance(condition, Includes):
        return any(isinstance(members, frozenset) and value in members for members in given)
    return value in given


def _message(mutant: Mutant, rule: Rule) -> str:
    if mutant.drops:
        return f"No two examples of `{rule.id}` show that `{mutant.condition.fact}` matters."
    assert isinstance(mutant.condition, OneOf | Includes)  # of others no value can be taken
    return f"No example of `{rule.id}` has `{mutant.condition.fact}: {taken_value(mutant)}`, which it lists."
