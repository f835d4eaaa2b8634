"""What an incomplete referral can still become, which questions can still change it, and what each answer would leave.

Everything here is exact: what can be is shown by a world, what cannot be is proved by the search. Past a deadline the
answer is a superset and says so; it is never a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from triage.engines.answers import Answer, Answers
from triage.engines.flips import Flip, Flips
from triage.engines.opening import Opening, Openings, Way
from triage.engines.search import Domains, Groups, OutOfTime, check_time, find
from triage.engines.space import Box
from triage.engines.worlds import SIZE, Pool, Worlds
from triage.lang import Facts
from triage.outcomes import Bounds, Consequence, OpenQuestion
from triage.ruleset import RuleSet

SUITABILITY, URGENCY = "suitability", "urgency"


class Exact:
    """Answers about all completions of a referral, for one rule set. It holds no referral: threads may share it."""

    def __init__(self, ruleset: RuleSet, worlds: int = SIZE) -> None:
        """``worlds`` is how many are made up beforehand: with fewer the search does more and says the same."""
        self.ruleset = ruleset
        self.openings = Openings(ruleset)
        self.space = self.openings.space
        self.pool = Pool(self.space, self.openings.effects, worlds)
        conditions = [condition for rule in ruleset.deciding for condition in rule.conditions]
        self.answers = [Answers(axis, [c for c in conditions if c.fact == axis.fact.name]) for axis in self.space.axes]

    def bounds(self, facts: Facts, deadline: float | None = None) -> Bounds:
        """What rating and urgency can still be, exactly; past the deadline a superset, marked as not exact.

        Where the answers given leave no completion at all, nothing is known: every value, marked as not exact.
        """
        opening = self.openings.open(facts)
        return self._every_value() if opening is None else self._bounds(opening, deadline)[0]

    def open_questions(self, facts: Facts, deadline: float | None = None) -> tuple[OpenQuestion, ...]:
        """Exactly the unanswered facts whose answer can change rating or urgency, with what each answer would leave.

        Past the deadline: those and perhaps some that cannot, all without what their answers would leave.
        """
        opening = self.openings.open(facts)
        if opening is None:
            return ()
        bounds, found = self._bounds(opening, deadline)
        return tuple(_Questions(self, facts, opening, bounds, found, deadline).all_of(self._unanswered(facts)))

    def idle(self, facts: Facts) -> tuple[str, ...]:
        """The unanswered facts that cannot change anything any more."""
        opened = {question.fact for question in self.open_questions(facts)}
        return tuple(name for name in self.ruleset.vocabulary.unanswered(facts) if name not in opened)

    def _unanswered(self, facts: Facts) -> list[int]:
        """The axes of the facts that may be asked and have no answer."""
        number = self.space.number
        return [number[name] for name in self.ruleset.vocabulary.unanswered(facts) if name in number]

    def _every_value(self) -> Bounds:
        scales = self.ruleset.scales
        return Bounds(scales.rating_ids, scales.urgency_ids, exact=False)

    def _bounds(self, opening: Opening, deadline: float | None) -> tuple[Bounds, list[Domains]]:
        """The bounds, and the worlds that the search had to find for them."""
        scales = self.ruleset.scales
        shown = Flips(opening, Worlds(self.pool, opening)).now()
        found: list[Domains] = []
        exact = True
        values = []
        for span, seen, ways in zip(
            opening.span(),
            (shown.ratings, shown.levels),
            (opening.rating_ways, opening.level_ways),
            strict=True,
        ):
            ranks = []
            for rank in range(span[0], span[1] + 1):
                try:
                    check_time(deadline)
                    world = None if rank in seen else reach(opening, opening.domains, ways(rank), deadline)
                except OutOfTime:
                    exact, world = False, opening.domains
                if world is not None:
                    found.append(world)
                if world is not None or rank in seen:
                    ranks.append(rank)
            values.append(ranks)
        ratings, levels = values
        bounds = Bounds(
            tuple(scales.rating_ids[rank] for rank in ratings),
            tuple(scales.urgency_ids[rank] for rank in levels),
            exact,
        )
        return bounds, found if exact else []


def reach(
    opening: Opening,
    domains: Domains,
    ways: Sequence[Way],
    deadline: float | None,
) -> Domains | None:
    """Find a completion within the domains, by any one of the ways; None where there is none."""
    for forbidden, groups in ways:
        found = find(domains, [*opening.forbidden, *forbidden], groups, deadline)
        if found is not None:
            return found
    return None


class _Questions:
    """The open questions of one referral."""

    def __init__(
        self,
        exact: Exact,
        facts: Facts,
        opening: Opening,
        bounds: Bounds,
        found: list[Domains],
        deadline: float | None,
    ) -> None:
        self.exact, self.facts, self.opening, self.deadline = exact, facts, opening, deadline
        scales = exact.ruleset.scales
        self.ratings = [scales.rating_rank(each) for each in bounds.suitability]
        self.levels = [scales.urgency_rank(each) for each in bounds.urgency]
        self.worlds = Worlds(exact.pool, opening, found)
        self.flips = Flips(opening, self.worlds)
        self.read = opening.reads()

    def all_of(self, axes: list[int]) -> list[OpenQuestion]:
        """The questions among these axes that can change something; past the deadline perhaps more, without `would`."""
        found: list[tuple[int, Flip, tuple[str, ...]]] = []
        axes = [axis for axis in axes if self._may_change(axis)]
        for number, axis in enumerate(axes):
            flip = self.flips.of(axis, self._tried(axis))
            try:
                check_time(self.deadline)
                changes = self._changes(axis, flip)
            except OutOfTime:
                late = [
                    *((each, changes) for each, _, changes in found),
                    *((a, self._may_change(a)) for a in axes[number:]),
                ]
                return [self._question(each, changes) for each, changes in late]
            if changes:
                found.append((axis, flip, changes))
        try:
            would = [tuple(self._would(axis, flip)) for axis, flip, _ in found]
        except OutOfTime:
            would = [() for _ in found]
        return [self._question(axis, changes, each) for (axis, _, changes), each in zip(found, would, strict=True)]

    def _question(self, axis: int, changes: tuple[str, ...], would: tuple[Consequence, ...] = ()) -> OpenQuestion:
        return OpenQuestion(self.exact.space.axes[axis].fact.name, changes, would)

    def _changes(self, axis: int, flip: Flip) -> tuple[str, ...]:
        """What the fact can change: seen in the worlds, or else proved or disproved by the search."""
        may = self._may_change(axis)
        rating = SUITABILITY in may and (flip.rating_changes or self._rating_changes(axis))
        level = URGENCY in may and (flip.level_changes or self._level_changes(axis))
        return (SUITABILITY,) * rating + (URGENCY,) * level

    def _may_change(self, axis: int) -> tuple[str, ...]:
        """What the fact is read for: all that it could change, and perhaps more."""
        rating, level = self.read
        return (SUITABILITY,) * (axis in rating) + (URGENCY,) * (axis in level)

    def _tried(self, axis: int) -> list[int]:
        """The classes that are tried in the worlds: all, or of a set the empty one and each kind of member alone."""
        domain, of = self.opening.domains[axis], self.exact.space.axes[axis]
        alone = [0, *(1 << number for number in range(len(of.kinds)))]
        classes = alone if of.kinds else range(len(of.classes))
        return [1 << number for number in classes if domain >> number & 1]

    def _rating_changes(self, axis: int) -> bool:
        """Prove or disprove that two completions that differ in this fact have different ratings."""
        effects, opening = self.opening.effects, self.opening
        for rank in self.ratings[1:]:
            speaking = [box for boxes in effects.supports[rank:] for box in boxes] if rank > opening.base else []
            against = [box for boxes in effects.limits[:rank] for box in boxes]
            turning = [box for box in against if _reads(box, axis)]
            needed = [speaking] if rank > opening.base else []
            if turning and self._pair(axis, against, [*needed, [_renamed(b, axis, self._other) for b in turning]]):
                return True
            if self._turns(axis, speaking, against):
                return True
        return False

    def _level_changes(self, axis: int) -> bool:
        """Prove or disprove that two completions that differ in this fact have different levels."""
        urgencies = self.opening.effects.urgencies
        return any(
            self._turns(axis, [box for boxes in urgencies[rank:] for box in boxes], []) for rank in self.levels[1:]
        )

    def _turns(self, axis: int, boxes: list[Box], forbidden: list[Box]) -> bool:
        """Whether a completion in one of the boxes, and in none forbidden, leaves them all with another answer."""
        reading = [box for box in boxes if _reads(box, axis)]
        left = [_renamed(box, axis, self._other) for box in boxes]
        return bool(reading) and self._pair(axis, [*forbidden, *left], [reading])

    @property
    def _other(self) -> int:
        """The number of the axis that stands for the changed answer."""
        return len(self.opening.domains)

    def _pair(self, axis: int, forbidden: list[Box], groups: Groups) -> bool:
        domains = [*self.opening.domains, self.opening.domains[axis]]
        kept = [_renamed(box, axis, self._other) for box in self.opening.forbidden if _reads(box, axis)]
        return find(domains, [*self.opening.forbidden, *kept, *forbidden], groups, self.deadline) is not None

    def _would(self, axis: int, flip: Flip) -> Iterator[Consequence]:
        """What rating and urgency can still be with each answer that contradicts nothing."""
        name = self.exact.space.axes[axis].fact.name
        opening = self.exact.openings.if_given(self.opening, self.facts, name)
        if opening is not self.opening:
            flip = Flips(opening, self.worlds).of(axis, self._tried(axis))
        scales = self.exact.ruleset.scales
        for answer, mask in self._possible_answers(opening, axis, flip):
            seen = [each for class_, each in flip.reached.items() if class_ & mask]
            domains = list(opening.domains)
            domains[axis] &= mask
            ratings = self._reached(
                opening, domains, self.ratings, opening.rating_ways, {r for e in seen for r in e.ratings}
            )
            levels = self._reached(
                opening, domains, self.levels, opening.level_ways, {r for e in seen for r in e.levels}
            )
            yield Consequence(
                answer,
                tuple(scales.rating_ids[rank] for rank in ratings),
                tuple(scales.urgency_ids[rank] for rank in levels),
            )

    def _reached(
        self, opening: Opening, domains: Domains, ranks: list[int], ways: Callable[[int], list[Way]], seen: set[int]
    ) -> list[int]:
        """Those of the ranks that some completion within the domains has, most of them already seen in a world."""
        return [
            rank for rank in ranks if rank in seen or reach(opening, domains, ways(rank), self.deadline) is not None
        ]

    def _possible_answers(self, opening: Opening, axis: int, flip: Flip) -> Iterator[Answer]:
        """The answers of the fact that some completion has; numbers as ranges without gaps."""
        possible = 0
        for class_ in self.exact.answers[axis].classes:
            seen = class_ in flip.reached and flip.reached[class_].possible
            if seen or (class_ & opening.domains[axis] and self._is_possible(opening, axis, class_)):
                possible |= class_
        return self.exact.answers[axis].within(possible)

    def _is_possible(self, opening: Opening, axis: int, class_: int) -> bool:
        domains = list(opening.domains)
        domains[axis] = class_
        return find(domains, opening.forbidden, (), self.deadline) is not None


def _reads(box: Box, axis: int) -> bool:
    return any(number == axis for number, _ in box)


def _renamed(box: Box, axis: int, other: int) -> Box:
    """The box with the axis read as another one."""
    return tuple((other if number == axis else number, mask) for number, mask in box)
