"""The targets' ratings, roles and certainties, the targets that lead, and the rating of the referral, as formulas.

The definitions of ``engines.outcome``, over all referrals at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property

from triage.analysis.firing import Fired, exactly, remembered
from triage.analysis.formulas import Formula, every, no, some
from triage.model.fact import PRESENT, REMITTED
from triage.model.rule import Limits, Supports
from triage.model.scales import LOWEST_WITH_CERTAINTY, LOWEST_WITH_ROLE, NO_SUPPORT, Term


class Ratings(Fired):
    """Targets and ratings of one rule set over one referral's variables."""

    @cached_property
    def condition_beside(self) -> Formula:
        """A condition is suspected or current, given or derived, so that no life problem counts."""
        vocabulary = self.ruleset.vocabulary
        names = (name for name in vocabulary.conditions if name not in vocabulary.not_a_condition_beside)
        return some(self.answered.has(name, PRESENT) for name in names)

    def counts(self, target: str) -> Formula:
        """A support for the target, should it fire, counts."""
        return no(self.condition_beside) if target in self.scales.life_problems else every(())

    @cached_property
    def supported_targets(self) -> tuple[str, ...]:
        """The targets that some support is about."""
        named = {target for _, effect in self.of(Supports) for target in effect.targets}
        return tuple(target for target in self.ruleset.targets if target in named)

    @remembered
    def supported(self, target: str) -> Formula:
        """A support for the target fired and counts."""
        return every((self.counts(target), self.some_fired(Supports, lambda effect: target in effect.targets)))

    @cached_property
    def _anything_supported(self) -> Formula:
        return some(map(self.supported, self.supported_targets))

    def about(self, target: str) -> Formula:
        """The leading problem is about the target."""
        return some(
            every(
                (is_leading, self.answered.has(target, frozenset({REMITTED})) if target not in targets else every(()))
            )
            for is_leading, targets, also_remitted in self._leads
            if target in targets or (also_remitted and target in self.ruleset.vocabulary.conditions)
        )

    @cached_property
    def _leads(self) -> list[tuple[Formula, tuple[str, ...], bool]]:
        """For each leading problem: its formula, its targets, and whether it is about remitted conditions too."""
        vocabulary = self.ruleset.vocabulary
        return [(self._problem_is(value), lead.targets, lead.also_remitted) for value, lead in vocabulary.leads.items()]

    def _problem_is(self, value: str) -> Formula:
        name = self.ruleset.vocabulary.leading_fact
        return some(()) if name is None else self.answered.has(name, frozenset({value}))

    @cached_property
    def _leading_is_supported(self) -> Formula:
        return some(every((self.about(target), self.supported(target))) for target in self.supported_targets)

    @remembered
    def leads(self, target: str) -> Formula:
        """The target is among those that lead."""
        return every((self.supported(target), some((self.about(target), no(self._leading_is_supported)))))

    @cached_property
    def capped(self) -> Formula:
        """The leading problem is not supported, other targets are, and the leading problem caps these."""
        leads = self.ruleset.vocabulary.leads
        capping = [self._problem_is(value) for value, lead in leads.items() if lead.otherwise == "all_lead_capped"]
        return every((self._anything_supported, no(self._leading_is_supported), some(capping)))

    @remembered
    def limited_below(self, target: str, rank: int) -> Formula:
        """A limit on the target that fired leaves less than this rank."""
        return self.some_fired(
            Limits, lambda effect: effect.applies_to(target) and self.scales.rating_rank(effect.to) < rank
        )

    @remembered
    def support_reaches(self, target: str, rank: int) -> Formula:
        """A support for the target of this rank or a higher one fired and counts."""
        reaching = self.some_fired(
            Supports, lambda effect: target in effect.targets and self.scales.rating_rank(effect.rating) >= rank
        )
        return every((self.counts(target), reaching))

    @remembered
    def target_at_least(self, target: str, rating: str) -> Formula:
        """The target is supported, and its rating is this one or higher."""
        capped = self.scales.rating_rank(self.scales.cap) < self.scales.rating_rank(rating)
        uncapped = self.uncapped_at_least(target, rating)
        return every((uncapped, no(self.capped))) if capped else uncapped

    @remembered
    def uncapped_at_least(self, target: str, rating: str) -> Formula:
        """The target's rating is this one or higher before the cap of the leading problem."""
        rank = self.scales.rating_rank(rating)
        return every((self.support_reaches(target, rank), no(self.limited_below(target, rank))))

    @remembered
    def rating_at_least(self, rating: str) -> Formula:
        """The rating of the referral is this one or higher."""
        leading = (
            every((self.leads(target), self.target_at_least(target, rating))) for target in self.supported_targets
        )
        return some([*leading, *self._unsupported_at_least(rating)])

    def _unsupported_at_least(self, rating: str) -> Iterator[Formula]:
        rank = self.scales.rating_rank(rating)
        if rank <= self.scales.rating_rank(NO_SUPPORT):
            below = self.some_fired(
                Limits, lambda effect: not effect.targets and self.scales.rating_rank(effect.to) < rank
            )
            yield every((no(self._anything_supported), no(below)))

    def rating_is(self, rating: str) -> Formula:
        """The rating of the referral is this one."""
        return exactly(self.rating_at_least, self.scales.rating_ids, rating)

    def target_is(self, target: str, rating: str) -> Formula:
        """The target is supported, and its rating is this one."""
        return exactly(lambda value: self.target_at_least(target, value), self.scales.rating_ids, rating)

    @remembered
    def role_is(self, target: str, role: str) -> Formula:
        """The target has this role: the most cautious that its highest supports and its limits carry."""
        carried = {
            term.id: some((self._limit_carries(target, term.id), self._highest_carry(target, "role", term.id)))
            for term in self.scales.roles
        }
        return every((self.target_at_least(target, LOWEST_WITH_ROLE), _first(self.scales.roles, role, carried)))

    @remembered
    def certainty_is(self, target: str, certainty: str) -> Formula:
        """The target has this certainty: the highest among its highest supports."""
        carried = {term.id: self._highest_carry(target, "certainty", term.id) for term in self.scales.certainties}
        return every(
            (self.target_at_least(target, LOWEST_WITH_CERTAINTY), _first(self.scales.certainties, certainty, carried))
        )

    def _limit_carries(self, target: str, role: str) -> Formula:
        """A limit on the target that fired has this role."""
        return self.some_fired(Limits, lambda effect: effect.applies_to(target) and effect.role == role)

    def _highest_carry(self, target: str, field: str, value: str) -> Formula:
        """A support of the highest rating that fired for the target has this value in this field."""
        return some(
            every((self._support_carries(target, rating, field, value), no(self.support_reaches(target, rank + 1))))
            for rank, rating in enumerate(self.scales.rating_ids)
        )

    def _support_carries(self, target: str, rating: str, field: str, value: str) -> Formula:
        """A support for the target with this rating fired that has the value in the field."""

        def carries(effect: Supports) -> bool:
            return target in effect.targets and effect.rating == rating and bool(getattr(effect, field) == value)

        return self.some_fired(Supports, carries)


def _first(terms: Iterable[Term], id_: str, carried: Mapping[str, Formula]) -> Formula:
    """The term is carried, and none that comes before it."""
    before: list[Formula] = []
    for term in terms:
        if term.id == id_:
            break
        before.append(no(carried[term.id]))
    return every([carried[id_], *before])
