"""Rule sets with one fault planted in them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from triage.model.rule import Action, Condition, Effect, OneOf, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet

Plant = Callable[[RuleSet], RuleSet]


def with_rules(ruleset: RuleSet, rules: tuple[Rule, ...]) -> RuleSet:
    return replace(ruleset, rules=rules, all_rules=rules)


def changed(id_: str, change: Callable[[Rule], Rule]) -> Plant:
    def plant(ruleset: RuleSet) -> RuleSet:
        assert id_ in ruleset.by_id
        return with_rules(ruleset, tuple(change(rule) if rule.id == id_ else rule for rule in ruleset.rules))

    return plant


def without(*ids: str) -> Plant:
    def plant(ruleset: RuleSet) -> RuleSet:
        assert set(ids) <= set(ruleset.by_id)
        return with_rules(ruleset, tuple(rule for rule in ruleset.rules if rule.id not in ids))

    return plant


def also(id_: str, effects: Effect | tuple[Effect, ...], *when: Condition) -> Plant:
    def plant(ruleset: RuleSet) -> RuleSet:
        source = SourceRef(next(iter(ruleset.sources)))
        given = effects if isinstance(effects, tuple) else (effects,)
        rule = Rule(id_, id_, (when,), (), given, "planted", (source,))
        return with_rules(ruleset, tuple(sorted((*ruleset.rules, rule), key=lambda other: other.id)))

    return plant


def only(effect: Effect) -> Callable[[Rule], Rule]:
    """The rule with this effect in the place of its own."""
    return lambda rule: replace(rule, effects=(effect,))


def is_(fact: str, *values: str) -> OneOf:
    return OneOf(fact, frozenset(values))


def call(level: str, *lines: str, covers: tuple[str, ...] = ()) -> Urgency:
    return Urgency(level, "support", Action("Call.", also=lines), covers)


def supports(rating: str, target: str, role: str = "monotherapy") -> Supports:
    return Supports(rating, (target,), role, "low")
