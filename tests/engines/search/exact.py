"""What an incomplete referral can still become, which questions can still change it, and what each answer would leave.

Everything here is exact: what can be is shown by completions, what cannot be is proved by the search finding none. Past
a deadline the answer is a superset and says so; it is never a guess.
"""

from __future__ import annotations

from collections.abc import Iterator

from tests.engines.search.answers import AnswerList
from tests.engines.search.opening import Opening, Openings
from tests.engines.search.pairs import Pairs
from tests.engines.search.reach import Reach, Scale
from tests.engines.search.search import OutOfTime, check_time
from triage.engines.outcome import Bounds, Consequence, OpenQuestion, StillOpen
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet

SUITABILITY, URGENCY = "suitability", "urgency"


class Exact:
    """AnswerList about all completions of a referral, for one rule set. It keeps no referral: threads may share it."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self.openings = Openings(ruleset)
        axes = self.openings.space.axes
        conditions = [condition for rule in ruleset.deciding for condition in rule.conditions]
        self.answers = [AnswerList(axis, [c for c in conditions if c.fact == axis.fact.name]) for axis in axes]

    def bounds(self, answers: Answers, deadline: float | None = None) -> Bounds:
        """What rating and urgency can still be, exactly; past the deadline a superset, marked as not exact.

        Where the answers given leave no completion at all, nothing is known: every value, marked as not exact.
        ``deadline`` is in seconds of the monotonic clock.
        """
        opening = self.openings.open(answers)
        if opening is None:
            scales = self.ruleset.scales
            return Bounds(scales.rating_ids, scales.urgency_ids, exact=False)
        return _Work(self, answers, opening, deadline).bounds()

    def open_questions(self, answers: Answers, deadline: float | None = None) -> tuple[OpenQuestion, ...]:
        """Exactly the unanswered facts whose answer can change rating or urgency, with what each answer would leave.

        Past the deadline: those and perhaps some that cannot, all without what their answers would leave.
        """
        opening = self.openings.open(answers)
        return () if opening is None else tuple(_Work(self, answers, opening, deadline).questions())

    def of(self, answers: Answers) -> StillOpen:
        """Bounds and questions, as the engine that took this one's place gives them."""
        return StillOpen(self.bounds(answers), self.open_questions(answers))

    def idle(self, answers: Answers) -> tuple[str, ...]:
        """The unanswered facts that cannot change anything any more; none where no completion is left."""
        opening = self.openings.open(answers)
        if opening is None:
            return ()
        changes, _ = _Work(self, answers, opening, None).changes()
        number = self.openings.space.number
        return tuple(n for n in self.ruleset.vocabulary.unanswered(answers) if not changes.get(number.get(n, -1)))


class _Work:
    """The work on one referral."""

    def __init__(self, exact: Exact, answers: Answers, opening: Opening, deadline: float | None) -> None:
        self.exact, self.facts, self.opening, self.deadline = exact, answers, opening, deadline
        self.scales = exact.ruleset.scales
        self.reach = Reach(opening, deadline)
        (ratings, self.ratings_exact), (levels, self.levels_exact) = (
            _possible(scale, span)
            for scale, span in zip((self.reach.ratings, self.reach.levels), opening.span(), strict=True)
        )
        self.ratings, self.levels = ratings, levels
        self.read = opening.reads()

    def bounds(self) -> Bounds:
        """What rating and urgency can still be."""
        return Bounds(*self._named(self.ratings, self.levels), exact=self.ratings_exact and self.levels_exact)

    def questions(self) -> list[OpenQuestion]:
        """The questions that can change something; past the deadline perhaps more, and without `would`."""
        changes, proved = self.changes()
        would: dict[int, tuple[Consequence, ...]] = {}
        try:
            if proved:
                would = {axis: tuple(self._would(axis)) for axis, each in changes.items() if each}
        except OutOfTime:
            would = {}
        names = [axis.fact.name for axis in self.exact.openings.space.axes]
        return [OpenQuestion(names[axis], each, would.get(axis, ())) for axis, each in changes.items() if each]

    def changes(self) -> tuple[dict[int, tuple[str, ...]], bool]:
        """What each unanswered fact on an axis can change, and whether all of it is proved."""
        number = self.exact.openings.space.number
        axes = [number[name] for name in self.exact.ruleset.vocabulary.unanswered(self.facts) if name in number]
        found = {axis: self._changes(axis) for axis in axes}
        in_time = self.ratings_exact and self.levels_exact and all(proved for _, proved in found.values())
        return {axis: changes for axis, (changes, _) in found.items()}, in_time

    def _changes(self, axis: int) -> tuple[tuple[str, ...], bool]:
        """What the fact can change, and whether that is proved: past the deadline, all that it is read for."""
        rating, level = (axis in read for read in self.read)
        proved = True
        try:
            check_time(self.deadline)
            pairs = Pairs(self.opening, axis, self.deadline)
            level = level and pairs.change_level(self.levels[1:], self.reach.levels.first)
            rating = rating and pairs.change_rating(self.ratings[1:], self.reach.ratings.first)
        except OutOfTime:
            proved = False
        return (SUITABILITY,) * rating + (URGENCY,) * level, proved

    def _would(self, axis: int) -> Iterator[Consequence]:
        """What rating and urgency can still be with each answer that contradicts nothing. Raises OutOfTime."""
        name = self.exact.openings.space.axes[axis].fact.name
        opening = self.exact.openings.if_given(self.opening, self.facts, name)
        reach = self.reach if opening is self.opening else Reach(opening, self.deadline)
        answers = self.exact.answers[axis]
        possible = sum(class_ for class_ in answers.classes if reach.is_possible(axis, class_))
        for answer, mask in answers.within(possible):
            ratings = [rank for rank in self.ratings if reach.ratings.can_be_with(rank, axis, mask)]
            levels = [rank for rank in self.levels if reach.levels.can_be_with(rank, axis, mask)]
            yield Consequence(answer, *self._named(ratings, levels))

    def _named(self, ratings: list[int], levels: list[int]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (
            tuple(self.scales.rating_ids[rank] for rank in ratings),
            tuple(self.scales.urgency_ids[rank] for rank in levels),
        )


def _possible(scale: Scale, span: tuple[int, int]) -> tuple[list[int], bool]:
    """The ranks within the span that can be, and whether that is proved: past the deadline, all that are left."""
    ranks = []
    for rank in range(span[0], span[1] + 1):
        try:
            if scale.can_be(rank):
                ranks.append(rank)
        except OutOfTime:
            return [*ranks, *range(rank, span[1] + 1)], False
    return ranks, True
