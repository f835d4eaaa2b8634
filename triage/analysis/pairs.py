"""Properties of two referrals that differ in one thing: what must not change, not fall, or not rise."""

from __future__ import annotations

from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.prover import Prover
from triage.model.fact import ABSENT, CURRENT, SUSPECTED, Fact
from triage.model.property import Property
from triage.model.rule import OneOf


def changes_neither(prover: Prover, property_: Property) -> None:
    """Other answers to these facts do not change the rating, the urgency or both, as the property says."""
    same = prover.same_but(*property_.facts)
    scales = prover.ruleset.scales
    if "rating" in property_.change_neither:
        for rating in scales.rating_ids[1:]:
            differ = (prover.one.rating_at_least(rating), no(prover.other.rating_at_least(rating)))
            prover.never_both("The rating changes.", same, *differ)
    if "urgency" in property_.change_neither:
        for level in scales.urgency_ids[1:]:
            differ = (prover.one.level_at_least(level), no(prover.other.level_at_least(level)))
            prover.never_both("The urgency changes.", same, *differ)


def lower(prover: Prover) -> Formula:
    """Fired rules set a lower urgency for the second referral than for the first."""
    one, other = prover.one, prover.other
    levels = prover.ruleset.scales.urgency_ids[1:]
    return some(every((one.level_at_least(level), no(other.level_at_least(level)))) for level in levels)


def more_serious_lowers_nothing(prover: Prover, property_: Property) -> None:
    """A more serious answer to any of these facts never lowers the urgency that rules set."""
    for name in property_.facts:
        fact = prover.ruleset.vocabulary[name]
        if fact.ordered or fact.is_set or fact.is_integer:
            note = f"A more serious answer to `{name}` lowers the urgency."
            prover.never_both(note, prover.same_but(name), _rises(prover, fact), lower(prover))


def _rises(prover: Prover, fact: Fact) -> Formula:
    """The second referral's answer is more serious: a set keeps the first one's members and stays answered or open."""
    one, other = prover.one.variables, prover.other.variables
    before, after = one.values[fact.name], other.values[fact.name]
    if fact.is_set:
        more = [some((no(has_member), after[member])) for member, has_member in before.items()]
        return every([one.given(fact.name), one.answered(fact.name) == other.answered(fact.name), *more])
    keys = list(before)
    return some(every((before[low], after[high])) for index, low in enumerate(keys) for high in keys[index + 1 :])


def obstacles(prover: Prover, property_: Property) -> None:
    """Suspecting an obstacle rates no target higher than its absence, and confirming it none higher than suspecting it.

    The first referral has the milder answer, the second the more serious one.
    """
    for name in property_.obstacles:
        for milder, worse in ((ABSENT, SUSPECTED), (SUSPECTED, CURRENT)):
            answers = (
                prover.one.variables.holds(OneOf(name, frozenset({milder}))),
                prover.other.variables.holds(OneOf(name, frozenset({worse}))),
            )
            note = f"With `{name}` {worse} another target is rated higher than with it {milder}."
            prover.never_both(note, _alike_but(prover, name), *answers, _some_target_higher(prover, name))


def _alike_but(prover: Prover, name: str) -> Formula:
    """All else is equal, except facts gated by this one where they are not asked in one of the referrals."""
    one, other = prover.one, prover.other
    gated = [
        fact.name
        for fact in prover.ruleset.vocabulary.gated
        if any(condition.fact == name for conjunction in fact.asked_when for condition in conjunction)
    ]
    same = [prover.same_but(name, *gated)]
    for gated_name in gated:
        not_asked = (one.answered.not_asked(gated_name), other.answered.not_asked(gated_name))
        same.append(some((one.variables.same(other.variables, [gated_name]), *not_asked)))
    return every(same)


def _some_target_higher(prover: Prover, but: str) -> Formula:
    """Some other target is rated higher for the second referral than for the first.

    By supports and limits alone: the cap beside a leading problem follows from what the referral asks for.
    """
    one, other = prover.one, prover.other
    return some(
        every((other.uncapped_at_least(target, rating), no(one.uncapped_at_least(target, rating))))
        for target in one.supported_targets
        if target != but
        for rating in prover.ruleset.scales.rating_ids[1:]
    )
