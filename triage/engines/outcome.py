"""Combine fired rules into ratings and a level, and describe what an incomplete referral can still become.

:func:`standing` gives the rating of each target, the targets that lead, the overall rating and the level. It depends on
the fired rules and the answers only, not on the engine and not on the order of the rules. The classes of possible
outcomes (:class:`Bounds` to :class:`Common`) are shared by the completions engine, the decision and the answer.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from msgspec import Struct

from triage.model.fact import PRESENT, REMITTED
from triage.model.rule import Answers, Limits, Rule, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import (
    LOWEST_WITH_CERTAINTY,
    LOWEST_WITH_ROLE,
    NO_SUPPORT,
    NOT_THE_LEADING_PROBLEM,
    Scales,
    Term,
)


class Bounds(Struct, frozen=True):
    """The overall ratings and the levels set by rules that are still possible, each lowest first.

    ``exact`` is false where no completion agrees with the answers: then every value is listed and nothing is settled.
    """

    suitability: tuple[str, ...]
    urgency: tuple[str, ...]
    exact: bool = True

    @property
    def suitability_settled(self) -> bool:
        """Whether only one rating is possible."""
        return self.exact and len(self.suitability) == 1

    @property
    def urgency_settled(self) -> bool:
        """Whether only one level is possible."""
        return self.exact and len(self.urgency) == 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The overall rating and the level of a set of fired rules, before floor, bounds and hold are applied."""

    rating: str
    level: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """The ratings and levels that are possible once a question has this answer, each lowest first."""

    answer: Any
    suitability: tuple[str, ...]
    urgency: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unanswered fact whose answer can change the rating or the level, and the consequence of each answer."""

    fact: str
    can_change: tuple[str, ...]
    would: tuple[Consequence, ...] = ()


class StillOpen(Struct, frozen=True):
    """The outcomes that are still possible for an incomplete referral, and the questions that can change them."""

    bounds: Bounds
    questions: tuple[OpenQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Common:
    """What is the same in all completions with one rating; empty or None where they differ.

    ``targets`` are the leading targets that have the rating in all of these completions, in the order of
    ``RuleSet.targets``. ``role`` and ``certainty`` are those of the overall rating. ``plan`` is the id of the course
    that ``plan_for`` gives.
    """

    targets: tuple[str, ...] = ()
    role: str | None = None
    certainty: str | None = None
    plan: str | None = None


class TargetStanding(Struct, frozen=True):
    """The rating of one target that has a support that counts, with the ids of the rules it comes from.

    ``supports`` are the rules with the highest support, ``limits`` all rules that limit the target. ``limited_by`` are
    those (built-in limits included) that bring the rating below the highest support. ``role`` and ``certainty`` are
    None below ``LOWEST_WITH_ROLE`` and ``LOWEST_WITH_CERTAINTY``.
    """

    target: str
    leading: bool
    rating: str
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]
    supports: tuple[str, ...]
    limits: tuple[str, ...]


class Standing(Struct, frozen=True):
    """The ratings and the level of the fired rules, before floor, bounds and hold are applied.

    The overall ``rating`` is the highest one among leading targets; ``role``, ``certainty`` and ``limited_by`` belong
    to it. ``capped`` is true where no rule supports the leading problem, so that every target is rated at most at
    ``Scales.cap``. ``silenced`` are life problems whose supports do not count, because the conditions named by
    ``beside`` are suspected or current. ``targets`` have the leading ones first, then the higher rating.
    """

    targets: tuple[TargetStanding, ...]
    rating: str
    level: str
    role: str | None = None
    certainty: str | None = None
    limited_by: tuple[str, ...] = ()
    capped: bool = False
    silenced: tuple[str, ...] = ()
    beside: tuple[str, ...] = ()

    @property
    def leading(self) -> tuple[str, ...]:
        """The targets that lead."""
        return tuple(target.target for target in self.targets if target.leading)

    @property
    def best(self) -> tuple[TargetStanding, ...]:
        """The leading targets that have the overall rating; empty where no rule supports any target."""
        return tuple(target for target in self.targets if target.leading and target.rating == self.rating)


def standing(ruleset: RuleSet, fired: Iterable[Rule], answers: Answers) -> Standing:
    """Combine fired rules into ratings and a level. ``answers`` include the derived ones."""
    rules = sorted(fired, key=attrgetter("id"))
    scales = ruleset.scales
    level, limits, supported = _collect(rules, scales)
    by_target = {target: supported[target] for target in ruleset.targets if target in supported}
    beside = conditions_beside(ruleset, answers)
    silenced = tuple(target for target in by_target if beside and target in scales.life_problems)
    counting = {target: supports for target, supports in by_target.items() if target not in silenced}
    leading, capped = leading_targets(ruleset, counting, answers)
    targets = tuple(
        _target_standing(target, target in leading, supports, limits, scales, capped=capped)
        for target, supports in counting.items()
    )
    order = ruleset.targets.index
    ordered = sorted(
        targets, key=lambda target: (not target.leading, -scales.rating_rank(target.rating), order(target.target))
    )
    rating, role, certainty, limited_by = _whole(ordered, limits, scales)
    return Standing(
        tuple(ordered), rating, scales.urgency_ids[level], role, certainty, limited_by, capped, silenced, beside
    )


def conditions_beside(ruleset: RuleSet, answers: Answers) -> tuple[str, ...]:
    """The conditions that keep life problems from counting because they are suspected or current, by name."""
    present = [name for name in ruleset.vocabulary.conditions_beside if answers.get(name) in PRESENT]
    return tuple([name for name in present if ruleset.vocabulary.asked(name, answers) is True])


def leading_targets(ruleset: RuleSet, supported: Collection[str], answers: Answers) -> tuple[frozenset[str], bool]:
    """The supported targets that lead, and whether all are capped because the leading problem is not supported."""
    if not supported:
        return frozenset(), False
    about, otherwise = _about(ruleset, answers)
    leading = about.intersection(supported)
    if leading:
        return leading, False
    return frozenset(supported), otherwise == "all_lead_capped"


def targets_of_problem(ruleset: RuleSet, answers: Answers) -> frozenset[str]:
    """The targets that the leading problem is about, supported or not; empty where it is not answered."""
    return _about(ruleset, answers)[0]


def _about(ruleset: RuleSet, answers: Answers) -> tuple[frozenset[str], str]:
    vocabulary = ruleset.vocabulary
    name = vocabulary.leading_fact
    problem = None if name is None else answers.get(name)
    lead = vocabulary.leads.get(problem) if isinstance(problem, str) else None
    if name is None or lead is None or vocabulary.asked(name, answers) is not True:
        return frozenset(), "all_lead"
    conditions = vocabulary.conditions if lead.also_remitted else ()
    remitted = (condition for condition in conditions if _is(ruleset, condition, frozenset({REMITTED}), answers))
    return frozenset((*lead.targets, *remitted)), lead.otherwise


def _is(ruleset: RuleSet, name: str, values: frozenset[str], answers: Answers) -> bool:
    """Whether a fact is known to be asked and has one of the values."""
    return answers.get(name) in values and ruleset.vocabulary.asked(name, answers) is True


_Support = tuple[str, Supports]
_Limit = tuple[str, Limits]


def _collect(rules: Collection[Rule], scales: Scales) -> tuple[int, list[_Limit], dict[str, list[_Support]]]:
    """The rank of the highest level, all limits, and the supports by target, each with the id of its rule."""
    level = max([scales.urgency_rank(urgency.level) for rule in rules if (urgency := rule.urgency)], default=0)
    limits = [(rule.id, limit) for rule in rules for limit in rule.limits]
    supports: dict[str, list[_Support]] = {}
    for rule in rules:
        for effect in rule.supports:
            for target in effect.targets:
                supports.setdefault(target, []).append((rule.id, effect))
    return level, limits, supports


def _target_standing(
    target: str, leads: bool, supports: Sequence[_Support], limits: Sequence[_Limit], scales: Scales, *, capped: bool
) -> TargetStanding:
    rank = scales.rating_rank
    applying = [(id_, limit) for id_, limit in limits if limit.applies_to(target)]
    values = [(id_, rank(limit.to)) for id_, limit in applying]
    if capped:
        values.append((NOT_THE_LEADING_PROBLEM, rank(scales.cap)))
    highest = max(rank(effect.rating) for _, effect in supports)
    rating, limited_by = _limited(highest, values)
    leading = [(id_, effect) for id_, effect in supports if rank(effect.rating) == highest]
    roles = {effect.role for _, effect in leading} | {limit.role for _, limit in applying if limit.role}
    return TargetStanding(
        target=target,
        leading=leads,
        rating=scales.rating_ids[rating],
        role=_first(scales.roles, roles) if rating >= rank(LOWEST_WITH_ROLE) else None,
        certainty=(
            _first(scales.certainties, {effect.certainty for _, effect in leading})
            if rating >= rank(LOWEST_WITH_CERTAINTY)
            else None
        ),
        limited_by=limited_by,
        supports=tuple(dict.fromkeys(id_ for id_, _ in leading)),
        limits=tuple(dict.fromkeys(id_ for id_, _ in applying)),
    )


def _limited(highest: int, limits: Sequence[tuple[str, int]]) -> tuple[int, tuple[str, ...]]:
    """The rank of the highest support after all limits, and the ids of the limits that lower it most."""
    lowest = min((highest, *(rank for _, rank in limits)))
    return lowest, tuple(dict.fromkeys(id_ for id_, rank in limits if rank == lowest < highest))


def _whole(
    targets: Sequence[TargetStanding], limits: Sequence[_Limit], scales: Scales
) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    """The overall rating, role, certainty and limits: those of the leading targets with the highest rating."""
    rank = scales.rating_rank
    leading = [target for target in targets if target.leading]
    if not leading:
        general = [(id_, rank(limit.to)) for id_, limit in limits if not limit.targets]
        rating, limited_by = _limited(rank(NO_SUPPORT), general)
        return scales.rating_ids[rating], None, None, limited_by
    highest = max(rank(target.rating) for target in leading)
    best = [target for target in leading if rank(target.rating) == highest]
    limits_of_best = {id_ for target in best for id_ in target.limited_by}
    return (
        scales.rating_ids[highest],
        _first(scales.roles, {target.role for target in best}),
        _first(scales.certainties[::-1], {target.certainty for target in best}),
        tuple(sorted(limits_of_best)),
    )


def _first(terms: Iterable[Term], ids: Collection[str | None]) -> str | None:
    """The first of the terms that is among the ids."""
    return next((term.id for term in terms if term.id in ids), None)


def outcome(ruleset: RuleSet, fired: Iterable[Rule], answers: Answers) -> Outcome:
    """The overall rating and the level of fired rules, before floor, bounds and hold; see :func:`standing`."""
    combined = standing(ruleset, fired, answers)
    return Outcome(combined.rating, combined.level)
