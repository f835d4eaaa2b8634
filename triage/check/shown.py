"""Every condition of a rule is shown to matter by its examples, and every value that it lists appears in one.

A condition is shown where two examples differ in its fact alone, and the rule fires on one of them and not on the
other. Where no referral that is let in can show it, nothing is asked.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product

from triage.check.mutants import Differences, Mutant, mutants
from triage.model.faults import Fault
from triage.model.rule import Answers, Condition, Includes, OneOf, Rule, satisfies
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary

_FIX = "`triage rules examples {id}` proposes examples."


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find the conditions that no examples show to matter, and the listed values that no example has."""
    for rule in ruleset.rules:
        yield from faults_of(rule, ruleset.vocabulary)


def faults_of(rule: Rule, vocabulary: Vocabulary) -> Iterator[Fault]:
    """What the examples of one rule do not show."""
    lacking = [each for each in mutants(rule, vocabulary) if _is_lacking(each, rule)]
    differences = Differences(rule, lacking, vocabulary) if lacking else None
    told: set[str] = set()
    for mutant in lacking:
        message = _message(mutant, rule)
        if message not in told and differences and differences.differs(mutant):
            told.add(message)
            place = rule.at_condition(mutant.condition.fact)
            yield Fault(place, "example-shows", message, _FIX.format(id=rule.id))


def _is_lacking(mutant: Mutant, rule: Rule) -> bool:
    if mutant.drops:
        return not is_shown(mutant.condition, rule)
    value = taken_value(mutant)
    return value is not None and not _has_value(rule, mutant.condition, value)


def taken_value(mutant: Mutant) -> str | None:
    """The listed value that the mutant takes away, if that is its change."""
    _, taken, value = mutant.change.partition(" without ")
    return value if taken else None


def is_shown(condition: Condition, rule: Rule) -> bool:
    """Say whether two examples that differ in the condition's fact alone show it to matter."""
    firing = [each.given for each in rule.examples if each.fires is True]
    others = [each.given for each in rule.examples if each.fires is False]
    return any(_differ_in(condition, one, other) for one, other in product(firing, others))


def _differ_in(condition: Condition, one: Answers, other: Answers) -> bool:
    name = condition.fact
    if name not in one or name not in other or one[name] == other[name]:
        return False
    alike = all(one.get(each) == other.get(each) for each in {*one, *other} - {name})
    return alike and satisfies(condition, one[name]) is not satisfies(condition, other[name])


def _has_value(rule: Rule, condition: Condition, value: str) -> bool:
    given = [each.given.get(condition.fact) for each in rule.examples]
    if isinstance(condition, Includes):
        return any(isinstance(each, frozenset) and value in each for each in given)
    return value in given


def _message(mutant: Mutant, rule: Rule) -> str:
    if mutant.drops:
        return f"No two examples of `{rule.id}` show that `{mutant.condition.fact}` matters."
    assert isinstance(mutant.condition, OneOf | Includes)  # of others no value can be taken
    return f"No example of `{rule.id}` has `{mutant.condition.fact}: {taken_value(mutant)}`, which it lists."
