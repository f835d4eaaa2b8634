"""Which rules fire, over all referrals at once, as formulas.

Conditions have three truth values, as in the reference: each is two formulas, "known to hold" and "known not to hold".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, TypeVar

from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.variables import Variables
from triage.model.rule import Condition, Conjunction, Kind, OneOf, Rule
from triage.model.ruleset import RuleSet
from triage.model.truth import satisfies
from triage.model.vocabulary import Vocabulary

Names = ParamSpec("Names")

Derived = Mapping[str, Mapping[str, Formula]]
"""By fact and value, the formula that rules derive this value."""


@dataclass(frozen=True)
class Answered:
    """The answers of a referral, given and derived, as the conditions of rules and gates read them."""

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
        """The fact can be core and has an answer other than its neutral one."""
        fact, variables = self.vocabulary[name], self.variables
        if not fact.can_be_core:
            return some(())
        if fact.is_set:
            return every((variables.given(name), no(variables.is_answer(name, frozenset()))))
        derived = self.derived.get(name, {})
        by_derivation = [formula for value, formula in derived.items() if value != fact.neutral]
        given = variables.given(name)
        by_answer = given if fact.neutral is None else every((given, no(variables.is_answer(name, fact.neutral))))
        return some((by_answer, *by_derivation))

    def _derived(self, condition: Condition, *, satisfying: bool) -> Formula:
        derived = self.derived.get(condition.fact, {})
        return some(formula for value, formula in derived.items() if satisfies(condition, value) is satisfying)


def firing(ruleset: RuleSet, variables: Variables) -> tuple[dict[str, Formula], Answered]:
    """Give the formula of each rule's firing, by id, and the answers with the derived ones."""
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
        {fact: {value: some(formulas) for value, formulas in values.items()} for fact, values in derived.items()},
    )
    fired |= {rule.id: _fires(rule, answered) for rule in ruleset.concluding}
    return fired, answered


def _fires(rule: Rule, answered: Answered) -> Formula:
    when = some(every(map(answered.known, conjunction)) for conjunction in rule.when)
    return every([when, *map(answered.known_not, rule.unless)])


class Fired:
    """One rule set over one referral's variables: which rules fire, with a cache of the formulas built on that."""

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


SomeFired = TypeVar("SomeFired", bound=Fired)


def remembered(
    make: Callable[Concatenate[SomeFired, Names], Formula],
) -> Callable[Concatenate[SomeFired, Names], Formula]:
    """Cache the formulas that a method builds, so that a large one is built, and read by the solver, once."""

    def kept(self: SomeFired, /, *names: Names.args, **others: Names.kwargs) -> Formula:
        key = (make.__name__, *names, *others.items())
        if key not in self.kept:
            self.kept[key] = make(self, *names, **others)
        return self.kept[key]

    return kept


def exactly(at_least: Callable[[str], Formula], ids: Sequence[str], id_: str) -> Formula:
    """The value of a scale is reached, and the next higher one is not."""
    higher = ids[ids.index(id_) + 1 :][:1]
    return every([at_least(id_), *(no(at_least(above)) for above in higher)])
