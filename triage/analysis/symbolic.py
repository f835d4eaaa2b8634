"""One rule set over all referrals: what fires and what it comes to, as formulas.

The truth of a condition is two formulas, "known to hold" and "known not to hold", as the reference has three truths.
Every model is replayed in the reference before it is believed.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.analysis.formulas import Formula, every, holds_in, no, some
from triage.analysis.variables import Variables
from triage.engines import reference
from triage.model.rule import Condition, Conjunction, Derives, Limits, Rule, Supports, Urgency, Value, satisfies
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_SUPPORT


class SolverDisagreement(Exception):
    """A referral that z3 found does not do in the reference what it does in the formulas."""


@dataclass(frozen=True)
class _Effective:
    """The answers with what was derived, by fact and value: what the concluding rules read."""

    variables: Variables
    derived: Mapping[str, Mapping[str, Formula]]

    def holds(self, condition: Condition) -> Formula:
        """The answer, or what was derived in its place, is known to satisfy the condition."""
        return some((self.variables.holds(condition), self._derived(condition, satisfying=True)))

    def fails(self, condition: Condition) -> Formula:
        """The answer, or what was derived in its place, is known not to satisfy the condition."""
        return some((self.variables.fails(condition), self._derived(condition, satisfying=False)))

    def _derived(self, condition: Condition, *, satisfying: bool) -> Formula:
        derived = self.derived.get(condition.fact, {})
        return some(held for value, held in derived.items() if satisfies(condition, value) is satisfying)


class Symbolic:
    """One rule set over one referral's variables: what fires and what it comes to, as formulas."""

    def __init__(self, ruleset: RuleSet, variables: Variables) -> None:
        self.ruleset = ruleset
        self.variables = variables
        self.fired: dict[str, Formula] = {}
        given = _Effective(variables, {})
        derived: dict[str, dict[str, list[Formula]]] = {}
        for rule in ruleset.deriving:
            assert isinstance(rule.effect, Derives)
            unanswered = no(variables.answered(rule.effect.fact))
            self.fired[rule.id] = every((unanswered, self._fires(rule, given)))
            by_value = derived.setdefault(rule.effect.fact, {})
            by_value.setdefault(rule.effect.value, []).append(self.fired[rule.id])
        effective = _Effective(
            variables,
            {name: {value: some(each) for value, each in values.items()} for name, values in derived.items()},
        )
        for rule in ruleset.concluding:
            self.fired[rule.id] = self._fires(rule, effective)

    def _fires(self, rule: Rule, read: _Effective) -> Formula:
        when = some(every(self._known(each, read) for each in conjunction) for conjunction in rule.when)
        return every([when, *(self._known_not(each, read) for each in rule.unless)])

    def _known(self, condition: Condition, read: _Effective) -> Formula:
        gate = self.ruleset.vocabulary[condition.fact].asked_when
        held = read.holds(condition)
        return every((_asked(gate, read), held)) if gate else held

    def _known_not(self, condition: Condition, read: _Effective) -> Formula:
        gate = self.ruleset.vocabulary[condition.fact].asked_when
        failed = read.fails(condition)
        return some((_not_asked(gate, read), failed)) if gate else failed

    def rating_at_least(self, rating: str) -> Formula:
        """The rating of the rules that fired is this one or higher."""
        scales = self.ruleset.scales
        rank = scales.rating_rank(rating)
        below = self._of(Limits, lambda effect: scales.rating_rank(effect.to) < rank)
        if rank <= scales.rating_rank(NO_SUPPORT):
            return no(some(below))
        reaching = self._of(Supports, lambda effect: scales.rating_rank(effect.rating) >= rank)
        return every((some(reaching), no(some(below))))

    def _of(self, kind: type, like: Callable[[Any], bool]) -> list[Formula]:
        """What says that a rule fired, for each rule with such an effect."""
        rules = self.ruleset.rules
        return [self.fired[rule.id] for rule in rules if isinstance(rule.effect, kind) and like(rule.effect)]

    def rating_is(self, rating: str) -> Formula:
        """The rating of the rules that fired is this one."""
        ids = self.ruleset.scales.rating_ids
        rank = ids.index(rating)
        higher = [no(self.rating_at_least(ids[rank + 1]))] if rank + 1 < len(ids) else []
        return every([self.rating_at_least(rating), *higher])

    def level_at_least(self, level: str) -> Formula:
        """A rule that fired sets this urgency or a higher one."""
        scales = self.ruleset.scales
        rank = scales.urgency_rank(level)
        if not rank:
            return every(())
        return some(self._of(Urgency, lambda effect: scales.urgency_rank(effect.level) >= rank))

    def level_is(self, level: str) -> Formula:
        """The highest urgency that fired rules set is this one."""
        ids = self.ruleset.scales.urgency_ids
        rank = ids.index(level)
        higher = [no(self.level_at_least(ids[rank + 1]))] if rank + 1 < len(ids) else []
        return every([self.level_at_least(level), *higher])

    def core_unanswered(self, name: str) -> Formula:
        """The fact is core and has no answer."""
        core = self.ruleset.vocabulary[name].core
        missing = no(self.variables.answered(name))
        match core.kind:
            case "never":
                return some(())
            case "always":
                return missing
            case "unless":
                return every((missing, no(every(self.variables.holds(each) for each in core.unless))))
            case "given":
                return every((missing, self.variables.answered(core.given)))

    def reported_at_least(self, level: str) -> Formula:
        """The urgency that is reported, the floor under unanswered core facts included, is this one or higher."""
        scales = self.ruleset.scales
        if scales.urgency_rank(level) > scales.urgency_rank(scales.floor):
            return self.level_at_least(level)
        missing = some(self.core_unanswered(fact.name) for fact in self.ruleset.vocabulary)
        return some((self.level_at_least(level), missing))

    def replay(self, model: Any) -> dict[str, Value]:
        """The referral of a model, after the reference fired the same rules on it. Raises SolverDisagreement."""
        facts = self.variables.read(model)
        told = {id_ for id_, fired in self.fired.items() if holds_in(model, fired)}
        truly = reference.evaluate(self.ruleset, facts).fired
        if told != truly:
            raise SolverDisagreement(f"The solver and the reference differ about: {', '.join(sorted(told ^ truly))}.")
        return facts


def _asked(gate: tuple[Conjunction, ...], read: _Effective) -> Formula:
    return some(every(read.holds(each) for each in conjunction) for conjunction in gate)


def _not_asked(gate: tuple[Conjunction, ...], read: _Effective) -> Formula:
    return every(some(read.fails(each) for each in conjunction) for conjunction in gate)
