"""What is still open in one referral: the rules that decide, as boxes over the facts that are not yet answered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from tests.engines.search.search import Domains, Groups, find
from tests.engines.search.space import Box, Space, disjoined, product
from triage.model.rule import Answers, Limits, Rule, Supports, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import NO_LIMIT, NO_SUPPORT
from triage.model.vocabulary import AtMost, Constraint, Never

Ranked = tuple[tuple[Box, ...], ...]
"""For each rank of a scale, the boxes in any of which a rule of that rank fires."""

Way = tuple[list[Box], Groups]
"""One way to a value: the boxes to stay out of, and groups to be in one box of each."""


@dataclass(frozen=True, slots=True)
class Effects:
    """All that decides a rating and a level: supports, limits and urgencies by rank."""

    supports: Ranked
    limits: Ranked
    urgencies: Ranked

    def all_boxes(self) -> tuple[Box, ...]:
        """Every box of every rule."""
        return tuple(
            box for ranked in (self.supports, self.limits, self.urgencies) for boxes in ranked for box in boxes
        )


@dataclass(frozen=True)
class Opening:
    """One referral's domains, the effects still possible within them, and the boxes that constraints forbid.

    ``base`` is the rank of a rating without any support, ``top`` that without any limit.
    """

    domains: Domains
    forbidden: tuple[Box, ...]
    effects: Effects
    base: int
    top: int

    @property
    def ranks(self) -> tuple[int, int]:
        """How many ratings and levels there are."""
        return len(self.effects.supports), len(self.effects.urgencies)

    def reads(self) -> tuple[frozenset[int], frozenset[int]]:
        """The axes that rules still read which decide the rating, and those for the urgency."""
        of_rating, of_level = (*self.effects.supports, *self.effects.limits), self.effects.urgencies
        rating, level = (
            frozenset(axis for boxes in ranked for box in boxes for axis, _ in box) for ranked in (of_rating, of_level)
        )
        return rating, level

    def rating_ways(self, rank: int) -> list[Way]:
        """The ways to a rating, any one being enough."""
        supports, limits = self.effects.supports, self.effects.limits
        below = _union(limits[:rank])
        reached: Groups = [_union(supports[rank:])] if rank > self.base else []
        if rank == self.top:
            return [(below, reached)]
        ways: list[Way] = [(below, [*reached, limits[rank]])]
        if rank >= self.base:
            ways.append(([*below, *_union(supports[rank + 1 :])], reached))
        return ways

    def level_ways(self, rank: int) -> list[Way]:
        """The ways to an urgency."""
        urgencies = self.effects.urgencies
        return [(_union(urgencies[rank + 1 :]), [urgencies[rank]] if rank > 0 else [])]

    def span(self) -> tuple[tuple[int, int], tuple[int, int]]:
        """The lowest and highest rating and level that could be: certainly not too narrow."""
        supports, limits, urgencies = self.effects.supports, self.effects.limits, self.effects.urgencies
        lowest = min(max(self.base, _highest(supports, sure=True)), _lowest(limits, self.top, sure=False))
        highest = min(max(self.base, _highest(supports, sure=False)), _lowest(limits, self.top, sure=True))
        return (lowest, highest), (_highest(urgencies, sure=True), _highest(urgencies, sure=False))


class Openings:
    """Makes openings for one rule set."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.space = Space(ruleset.vocabulary, [c for rule in ruleset.deciding for c in rule.conditions])
        scales = ruleset.scales
        self.base, self.top = scales.rating_rank(NO_SUPPORT), scales.rating_rank(NO_LIMIT)
        ratings, levels = len(scales.ratings), len(scales.urgencies)
        supports: list[list[Box]] = [[] for _ in range(ratings)]
        limits: list[list[Box]] = [[] for _ in range(ratings)]
        urgencies: list[list[Box]] = [[] for _ in range(levels)]
        for rule in ruleset.deciding:
            match rule.effect:
                case Supports(rating=rating):
                    supports[scales.rating_rank(rating)].extend(self._boxes(rule))
                case Limits(to=to):
                    limits[scales.rating_rank(to)].extend(self._boxes(rule))
                case Urgency(level=level):
                    urgencies[scales.urgency_rank(level)].extend(self._boxes(rule))
        self.effects = Effects(*(tuple(disjoined([each]) for each in all_) for all_ in (supports, limits, urgencies)))

        tied = {name for constraint in ruleset.vocabulary.constraints for name in constraint.facts}
        self._tied = frozenset(fact.name for fact in ruleset.vocabulary.gated if fact.name in tied)
        self._never: dict[frozenset[str], tuple[Box, ...]] = {}

    def _boxes(self, rule: Rule) -> tuple[Box, ...]:
        """The boxes in any of which the rule fires."""
        stops = [self.space.not_asked_or_not(condition) for condition in rule.unless]
        return disjoined(
            product([*(self.space.asked_and(condition) for condition in conjunction), *stops])
            for conjunction in rule.when
        )

    def open(self, answers: Answers) -> Opening | None:
        """Give what is open in a referral; None where no completion of it keeps the constraints."""
        forbidden = self._constraints(answers)
        domains = [axis.everything for axis in self.space.axes]
        for name, value in answers.items():
            if name in self.space.number:
                number = self.space.number[name]
                domains[number] = self.space.axes[number].bit(value)
        narrowed = propagate(domains, forbidden)
        if narrowed is None or find(narrowed, forbidden) is None:
            return None
        return Opening(
            narrowed,
            _reduced(forbidden, narrowed),
            Effects(*(tuple(_reduced(boxes, narrowed) for boxes in ranked) for ranked in self._ranked())),
            self.base,
            self.top,
        )

    def if_given(self, opening: Opening, answers: Answers, name: str) -> Opening:
        """The opening as it would be if the fact had an answer: a given answer counts even where it is not asked."""
        if name not in self._tied:
            return opening
        forbidden = _reduced(self._constraints({*answers, name}), opening.domains)
        return replace(opening, forbidden=forbidden)

    def _ranked(self) -> tuple[Ranked, Ranked, Ranked]:
        return self.effects.supports, self.effects.limits, self.effects.urgencies

    def _constraints(self, given: Collection[str]) -> tuple[Box, ...]:
        """The boxes that no completion may be in. A given answer counts even where its fact is not asked."""
        counting = self._tied.intersection(given)
        if counting not in self._never:
            boxes: list[Box] = []
            for constraint in self.ruleset.vocabulary.constraints:
                there = [self.space.gates(name) for name in constraint.facts if name not in given]
                boxes.extend(product([self._broken(constraint), *there]))
            self._never[counting] = tuple(boxes)
        return self._never[counting]

    def _broken(self, constraint: Constraint) -> tuple[Box, ...]:
        match constraint:
            case Never(never=never):
                return product([(self.space.literal(condition),) for condition in never])
            case AtMost(lower=lower, upper=upper, plus=plus):
                low, high = self.space.number[lower], self.space.number[upper]
                uppers = self.space.axes[high].classes
                return disjoined(
                    product([[((low, 1 << index),)], [((high, _mask(uppers, number - plus)),)]])
                    for index, number in enumerate(self.space.axes[low].classes)
                    if isinstance(number, int)
                )


def propagate(domains: Domains, forbidden: Iterable[Box]) -> Domains | None:
    """Narrow the domains by what forbidden boxes rule out one by one; None for a conflict."""
    domains = list(domains)
    while True:
        before = list(domains)
        for box in forbidden:
            parts = reduced(box, domains)
            if parts == ():
                return None
            if parts is not None and len(parts) == 1:
                domains[parts[0][0]] &= ~parts[0][1]
        if domains == before:
            return domains


def reduced(box: Box, domains: Domains) -> Box | None:
    """The parts of a box that are still open; None where it can no longer hold."""
    parts = []
    for axis, mask in box:
        domain = domains[axis]
        if not domain & mask:
            return None
        if domain & ~mask:
            parts.append((axis, mask))
    return tuple(parts)


def _reduced(boxes: Iterable[Box], domains: Domains) -> tuple[Box, ...]:
    left = dict.fromkeys(parts for box in boxes if (parts := reduced(box, domains)) is not None)
    return ((),) if () in left else tuple(left)


def _mask(numbers: Sequence[object], below: int) -> int:
    """The classes whose one number is less than ``below``."""
    return sum(1 << index for index, number in enumerate(numbers) if isinstance(number, int) and number < below)


def _union(ranked: Iterable[tuple[Box, ...]]) -> list[Box]:
    return [box for boxes in ranked for box in boxes]


def _highest(ranked: Ranked, *, sure: bool) -> int:
    return max((rank for rank, boxes in enumerate(ranked) if boxes and (not sure or boxes == ((),))), default=0)


def _lowest(ranked: Ranked, otherwise: int, *, sure: bool) -> int:
    return min((rank for rank, boxes in enumerate(ranked) if boxes and (not sure or boxes == ((),))), default=otherwise)
