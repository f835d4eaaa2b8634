"""Which ratings and levels a referral can still come to, and what an answer to a question would leave.

What the search finds is a whole block of completions, any choice within it being one. The first of each rank is kept,
since near it hardly anything is left to search; of all that were found it is kept which answers they have.
"""

from __future__ import annotations

from tests.engines.search.opening import Opening, Way
from tests.engines.search.search import Domains, check_time, find


class Scale:
    """The ranks of one scale that completions of a referral can come to; ``ways`` are the ways to each rank."""

    def __init__(self, opening: Opening, ways: list[list[Way]], deadline: float | None) -> None:
        self.opening, self.ways, self.deadline = opening, ways, deadline
        self.first: dict[int, Domains] = {}
        self.seen: dict[int, Domains] = {}

    def can_be(self, rank: int) -> bool:
        """Whether some completion comes to this rank. Raises OutOfTime."""
        check_time(self.deadline)
        return self._search(rank, self.opening.domains)

    def can_be_with(self, rank: int, axis: int, mask: int) -> bool:
        """Whether some completion with its answer on the axis in the mask comes to this rank. Raises OutOfTime."""
        if rank in self.seen and self.seen[rank][axis] & mask:
            return True
        mask &= self.opening.domains[axis]
        near = [with_answer(self.first[rank], axis, mask)] if rank in self.first else []
        return any(self._search(rank, each) for each in (*near, with_answer(self.opening.domains, axis, mask)))

    def _search(self, rank: int, domains: Domains) -> bool:
        for forbidden, groups in self.ways[rank]:
            found = find(domains, [*forbidden, *self.opening.forbidden], groups, self.deadline)
            if found is not None:
                self.first.setdefault(rank, found)
                before = self.seen.get(rank, found)
                self.seen[rank] = [one | other for one, other in zip(before, found, strict=True)]
                return True
        return False


class Reach:
    """The ratings and levels within reach of one referral."""

    def __init__(self, opening: Opening, deadline: float | None) -> None:
        self.opening, self.deadline = opening, deadline
        ratings, levels = opening.ranks
        self.ratings = Scale(opening, [opening.rating_ways(rank) for rank in range(ratings)], deadline)
        self.levels = Scale(opening, [opening.level_ways(rank) for rank in range(levels)], deadline)

    def is_possible(self, axis: int, mask: int) -> bool:
        """Whether some completion has its answer on the axis in the mask. Raises OutOfTime."""
        if any(seen[axis] & mask for scale in (self.ratings, self.levels) for seen in scale.seen.values()):
            return True
        domains = with_answer(self.opening.domains, axis, mask & self.opening.domains[axis])
        return bool(domains[axis]) and find(domains, self.opening.forbidden, (), self.deadline) is not None


def with_answer(domains: Domains, axis: int, mask: int) -> Domains:
    """The domains with those of one axis replaced."""
    changed = list(domains)
    changed[axis] = mask
    return changed
