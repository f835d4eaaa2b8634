"""Which rules fire, over all referrals at once, as formulas.

The truth of a condition is two formulas, "known to hold" and "known not to hold", as the reference has three truths.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.variables import Variables
from triage.model.rule import Condition, Conjunction, Kind, OneOf, Rule, satisfies
from triage.model.ruleset import RuleSet
from triage.model.vocabulary import Vocabulary

Names = ParamSpec("Names")

Derived = Mapping[str, Mapping[str, Formula]]
"""When a fact is derived to have a value, by fact and value."""


@dataclass(frozen=True)
class Answered:
    """The answers of a referral, with those that were derived: what the conditions of rules and gates read."""

    vocabulary: Vocabulary
    variables: Variables
    derived: Derived

    def holds(self, condition: Condition) -> Formula:
        """The condition is known to hold of the answer, asked or not."""
        return some((self.variables.holds(condition), self._derived(condition, satisfying=True)))

    def fails(self, condition: Condition) -> Formula:
        """The condition is known not to hold of the answer, asked or not."""
        return some((self.variables.fails(condition), self._derived(condition, satisfying=False)))

    def asked(self, name: str) -> Formula:
        """The fact is known to be asked: its gate is open, or it counts as asked."""
        gate = self.vocabulary[name].asked_when
        return some((self.any_holds(gate), self._counts_as_asked(name))) if gate else every(())

    def not_asked(self, name: str) -> Formula:
        """The fact is known not to be asked."""
        gate = self.vocabulary[name].asked_when
        return every((self.all_fail(gate), no(self._counts_as_asked(name)))) if gate else some(())

    def known(self, condition: Condition) -> Formula:
        """A rule's condition is true: asked, and the answer satisfies it."""
        return every((self.asked(condition.fact), self.holds(condition)))

    def known_not(self, condition: Condition) -> Formula:
        """A rule's condition is false: not asked, or the answer does not satisfy it."""
        return some((self.not_asked(condition.fact), self.fails(condition)))

    def has(self, name: str, values: frozenset[str]) -> Formula:
        """The fact is known to have one of the values; never where the referral has no such fact."""
        return self.known(OneOf(name, values)) if name in self.variables.values else some(())

    def any_holds(self, conjunctions: Iterable[Conjunction]) -> Formula:
        """One of the conjunctions is known to hold, asked or not."""
        return some(every(map(self.holds, conjunction)) for conjunction in conjunctions)

    def all_fail(self, conjunctions: Iterable[Conjunction]) -> Formula:
        """None of the conjunctions can still hold, asked or not."""
        return every(some(map(self.fails, conjunction)) for conjunction in conjunctions)

    def _counts_as_asked(self, name: str) -> Formula:
        """A fact that can be core has an answer other than its neutral one."""
        fact, variables = self.vocabulary[name], self.variables
        if not fact.can_be_core:
            return some(())
        if fact.is_set:
            return every((variables.given(name), no(variables.is_answer(name, frozenset()))))
        derived = self.derived.get(name, {})
        other = [held for value, held in derived.items() if value != fact.neutral]
        given = variables.given(name)
        counts = given if fact.neutral is None else every((given, no(variables.is_answer(name, fact.neutral))))
        return some((counts, *other))

    def _derived(self, condition: Condition, *, satisfying: bool) -> Formula:
        derived = self.derived.get(condition.fact, {})
        return some(held for value, held in derived.items() if satisfies(condition, value) is satisfying)


def firing(ruleset: RuleSet, variables: Variables) -> tuple[dict[str, Formula], Answered]:
    """Give when each rule fires, by id, and the answers with what is derived."""
    given = Answered(ruleset.vocabulary, variables, {})
    fired: dict[str, Formula] = {}
    derived: dict[str, dict[str, list[Formula]]] = {}
    for rule in ruleset.deriving:
        assert rule.derives is not None
        fact, value = rule.derives.fact, rule.derives.value
        fired[rule.id] = every((no(variables.given(fact)), _fires(rule, given)))
        derived.setdefault(fact, {}).setdefault(value, []).append(fired[rule.id])
    answered = Answered(
        ruleset.vocabulary,
        variables,
        {fact: {value: some(held) for value, held in values.items()} for fact, values in derived.items()},
    )
    fired |= {rule.id: _fires(rule, answered) for rule in ruleset.concluding}
    return fired, answered


def _fires(rule: Rule, answered: Answered) -> Formula:
    when = some(every(map(answered.known, conjunction)) for conjunction in rule.when)
    return every([when, *map(answered.known_not, rule.unless)])


class Fired:
    """One rule set over one referral's variables: which rules fire. What else is asked of it is kept."""

    def __init__(self, ruleset: RuleSet, variables: Variables) -> None:
        self.ruleset = ruleset
        self.scales = ruleset.scales
        self.variables = variables
        self.given = Answered(ruleset.vocabulary, variables, {})
        self.fired, self.answered = firing(ruleset, variables)
        self.kept: dict[tuple[Any, ...], Formula] = {}

    def of(self, kind: type[Kind], like: Callable[[Kind], bool] = lambda _: True) -> list[tuple[Rule, Kind]]:
        """The rules with such an effect, each with the effect."""
        return [(rule, effect) for rule in self.ruleset.rules for effect in rule.of(kind) if like(effect)]

    def some_fired(self, kind: type[Kind], like: Callable[[Kind], bool]) -> Formula:
        """A rule with such an effect fired."""
        return some(self.fired[rule.id] for rule, _ in self.of(kind, like))


Made = TypeVar("Made", bound=Fired)


def remembered(make: Callable[Concatenate[Made, Names], Formula]) -> Callable[Concatenate[Made, Names], Formula]:
    """Keep the formulas that a method makes: a large one is made, and read by the solver, once."""

    def kept(self: Made, /, *names: Names.args, **others: Names.kwargs) -> Formula:
        key = (make.__name__, *names, *others.items())
        if key not in self.kept:
            self.kept[key] = make(self, *names, **others)
        return self.kept[key]

    return kept


def exactly(at_least: Callable[[str], Formula], ids: Sequence[str], id_: str) -> Formula:
    """A value of a scale is reached, and not the one above it."""
    higher = ids[ids.index(id_) + 1 :][:1]
    return every([at_least(id_), *(no(at_least(each)) for each in higher)])
