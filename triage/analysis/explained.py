"""What would change a rating, as types: for each other rating the changes that give it, and why it is not that."""

from __future__ import annotations

from triage.answer.model import GivenAnswer, RuleSetUsed
from triage.model.written import Written


class Change(Written, frozen=True):
    """Another answer to one question; `from` is null where it is not answered yet."""

    fact: str
    question: str
    from_: GivenAnswer | None
    to: GivenAnswer


class UnmetCondition(Written, frozen=True):
    """A condition that a rule needs, and what was answered instead."""

    fact: str
    needs: str
    given: GivenAnswer | None


class LackingSupport(Written, frozen=True):
    """A support that did not fire, with the conditions that its nearest alternative lacks."""

    rule: str
    title: str
    conditions: tuple[UnmetCondition, ...]


class HoldingLimit(Written, frozen=True):
    """A limit that holds the rating down, and what it waits for."""

    rule: str
    title: str
    to: str
    until: str | None


class CarryingSupport(Written, frozen=True):
    """A support that carries the rating higher."""

    rule: str
    title: str
    rating: str


class WhyNot(Written, frozen=True):
    """Why the rating is not another: what a support lacks, which limits hold it, which supports carry it above."""

    lacking: tuple[LackingSupport, ...]
    held_by: tuple[HoldingLimit, ...]
    carried_by: tuple[CarryingSupport, ...]


class OtherRating(Written, frozen=True):
    """One other rating, and the fewest changes that give it.

    `proved` is false where the solver had no time; `possible` is then null and the changes are not given.
    """

    rating: str
    possible: bool | None
    proved: bool
    changes: tuple[Change, ...]
    why_not: WhyNot


class Explained(Written, frozen=True):
    """What would change the rating of one referral; `held` says that safety comes first."""

    reference: str | None
    rating_so_far: str
    held: bool
    other_ratings: tuple[OtherRating, ...]
    ruleset: RuleSetUsed
