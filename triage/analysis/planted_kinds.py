"""For each kind of property, a rule or a change that says the opposite of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from triage.model.property import Property
from triage.model.rule import (
    Action,
    Alternative,
    Conjunction,
    Effect,
    Focus,
    Format,
    Limits,
    OneOf,
    Rule,
    SourceRef,
    Supports,
    Urgency,
)
from triage.model.ruleset import RuleSet

Planted = tuple[str, RuleSet]
ADDED = "a-planted-rule"


def with_rule(ruleset: RuleSet, effect: Effect, when: tuple[Conjunction, ...]) -> RuleSet:
    """The rule set with one rule more."""
    rule = Rule(ADDED, ADDED, when, (), (effect,), "Planted.", (SourceRef(next(iter(ruleset.sources))),))
    rules = tuple(sorted((*ruleset.rules, rule), key=lambda known: known.id))
    return replace(ruleset, rules=rules, all_rules=rules)


def call(level: str, *covers: str) -> Urgency:
    """An urgency that only says to call."""
    return Urgency(level, "support", Action("Call."), covers)


def _plain(id_: str) -> str:
    """An id as words."""
    return id_.replace("_", " ")


def opposites(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    """List faults that say the opposite of the property."""
    yield from _of_levels(property_, ruleset)
    yield from _of_ratings(property_, ruleset)
    yield from _of_roles(property_, ruleset)
    yield from _of_offers(property_, ruleset)
    yield from _of_firing(property_, ruleset)
    yield from _of_pairs(property_, ruleset)
    yield from _of_rules(property_, ruleset)


def _of_levels(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    top = ruleset.scales.urgency_ids[-1]
    if property_.level_at_most is not None:
        yield "A rule calls the same answers an emergency.", with_rule(ruleset, call(top), property_.given)
    if property_.reported_at_least is not None:
        facts = {**ruleset.vocabulary.facts}
        facts |= {name: replace(facts[name], floor=None) for name in property_.unanswered}
        vocabulary = replace(ruleset.vocabulary, facts=facts)
        yield "The question that is not answered holds no floor.", replace(ruleset, vocabulary=vocabulary)


def _of_ratings(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    top, low = ruleset.scales.rating_ids[-1], ruleset.scales.rating_ids[0]
    if property_.rating_at_least is not None:
        yield "A rule limits the same referrals to the lowest rating.", with_rule(ruleset, Limits(low), property_.given)
    if property_.rating_at_most is not None or property_.never_supported:
        for targets in (property_.targets, ("major_depression",), ("prevention",), ("grief",)):
            if targets and not property_.supports_reading:
                support = Supports(top, targets, "monotherapy", "low")
                fault = f"A rule supports {_plain(targets[0])} at the highest rating for the same referrals."
                yield fault, with_rule(ruleset, support, property_.given or ((_any_age(),),))
    if property_.never_suited is not None:
        yield _suited(property_.never_suited, property_, ruleset)


def _any_age() -> OneOf:
    return OneOf("partner_willing", frozenset({"yes"}))


def _suited(format_: str, property_: Property, ruleset: RuleSet) -> Planted:
    """The format is suited for the same referrals, needs no other answer, and no rule calls it unsuited."""
    formats = tuple(replace(known, suited_only_when=()) for known in ruleset.scales.formats)
    against = [rule for rule in ruleset.rules if Format(format_, suited=False) in rule.effects]
    rules = tuple(rule for rule in ruleset.rules if rule not in against)
    bare = replace(ruleset, rules=rules, all_rules=rules, scales=replace(ruleset.scales, formats=formats))
    when = property_.given or ((_any_age(),),)
    return "A rule suits the format, and none speaks against it.", with_rule(bare, Format(format_, suited=True), when)


def _of_roles(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    top = ruleset.scales.rating_ids[-1]
    for role in property_.never_roles:
        for target in property_.targets:
            support = Supports(top, (target,), role, "low")
            yield (
                f"A rule gives {_plain(target)} the role {role}.",
                with_rule(ruleset, support, _present(target, property_)),
            )
    if property_.role is not None:
        support = Supports(top, ("major_depression",), property_.role, "low")
        when = ((OneOf("major_depression", frozenset({"current"})),),)
        yield f"A rule gives a current depression the role {property_.role}.", with_rule(ruleset, support, when)
    if property_.supports_reading is not None:
        support = Supports(top, ("ptsd",), "adjunct", "low")
        when = ((OneOf("ptsd", frozenset({property_.supports_reading})),),)
        yield "A rule recommends IPT for PTSD in that state.", with_rule(ruleset, support, when)


def _present(target: str, property_: Property) -> tuple[Conjunction, ...]:
    """The referrals of the property in which the target is a current condition."""
    return tuple((*conjunction, OneOf(target, frozenset({"current"}))) for conjunction in property_.given)


def _of_offers(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    if property_.never_offered:
        therapy = property_.never_offered[0]
        therapies = tuple(replace(known, not_offered_when=()) for known in ruleset.scales.therapies)
        freed = replace(ruleset, scales=replace(ruleset.scales, therapies=therapies))
        when = property_.given or ((_any_age(),),)
        offered = with_rule(freed, Alternative(therapy, "first"), when)
        yield f"A rule offers {_plain(therapy)} to the same people, and nothing rules it out.", offered


def _of_firing(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    for id_ in (*property_.never_fires, *property_.never_limits)[:1]:
        when: tuple[Conjunction, ...] = property_.given
        if property_.beside_a_focus:
            when = next(rule.when for rule in ruleset.rules if rule.of(Focus))
        if property_.while_answered is not None:
            when = ((OneOf("major_depression", frozenset({property_.while_answered})),),)
        rules = tuple(replace(rule, when=when, unless=()) if rule.id == id_ else rule for rule in ruleset.rules)
        yield f"The rule `{id_}` fires on just these referrals.", replace(ruleset, rules=rules, all_rules=rules)


def _of_pairs(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    top_level, top = ruleset.scales.urgency_ids[-1], ruleset.scales.rating_ids[-1]
    if property_.change_neither:
        name = property_.facts[0]
        when = ((_first_answer(name, ruleset),),)
        yield f"A rule calls an answer to {_plain(name)} an emergency.", with_rule(ruleset, call(top_level), when)
        support = Supports(top, ("ptsd",), "adjunct", "low")
        yield f"A rule reads {_plain(name)} to recommend IPT.", with_rule(ruleset, support, when)
    if property_.more_serious_lowers_nothing:
        when = ((OneOf("harm_to_others", frozenset({"ambiguous"})),),)
        yield "Only the milder of two answers is an emergency.", with_rule(ruleset, call(top_level), when)
    if property_.obstacles:
        support = Supports(top, ("panic_disorder",), "adjunct", "low")
        when = ((OneOf("alcohol_use_disorder", frozenset({"suspected"})),),)
        yield "A suspected alcohol use disorder recommends IPT for panic.", with_rule(ruleset, support, when)


def _first_answer(name: str, ruleset: RuleSet) -> OneOf:
    fact = ruleset.vocabulary[name]
    return OneOf(name, frozenset({next(value for value in fact.values if value != fact.neutral)}))


def _of_rules(property_: Property, ruleset: RuleSet) -> Iterator[Planted]:
    if property_.covers_at_most_own_level:
        top = ruleset.scales.urgency_ids[-1]
        highest = next(rule for rule in ruleset.rules if rule.urgency and rule.urgency.level == top)
        fault = f"A rule of a lower level covers `{highest.id}`."
        yield fault, with_rule(ruleset, call("semi_urgent", highest.id), highest.when)
    if property_.one_step_a_reason:
        name = property_.one_step_a_reason[0]
        steps = frozenset(ruleset.vocabulary[name].values[-2:])
        yield "One rule speaks for two steps.", with_rule(ruleset, call("semi_urgent"), ((OneOf(name, steps),),))
