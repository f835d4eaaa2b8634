"""What a set of fired rules comes to, and what an incomplete referral can still become.

:func:`standing` combines fired rules by contract §2: the rating of each target, the targets that lead, the rating of
the whole, the level. Everything here is a function of fired rules and answers; which engine found the rules does not
matter, nor their order. The first classes are the words that engines, decision and answer share.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from triage.model.rule import Answers, Limits, Rule, Supports, Urgency, any_holds
from triage.model.ruleset import RuleSet
from triage.model.scales import (
    GENERAL_FLOOR,
    LOWEST_WITH_CERTAINTY,
    LOWEST_WITH_ROLE,
    NO_SUPPORT,
    NOT_THE_LEADING_PROBLEM,
    Scales,
    Term,
)

PRESENT = frozenset({"suspected", "current"})
"""The answers to a condition beside which a life problem does not count."""
REMITTED = frozenset({"remitted"})


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the ratings and the urgencies by rules can still be, lowest first.

    Not ``exact`` where the answers given leave no completion: then every value is listed, and none is settled.
    """

    suitability: tuple[str, ...]
    urgency: tuple[str, ...]
    exact: bool = True

    @property
    def suitability_settled(self) -> bool:
        """Whether the rating can be only one."""
        return self.exact and len(self.suitability) == 1

    @property
    def urgency_settled(self) -> bool:
        """Whether the urgency can be only one."""
        return self.exact and len(self.urgency) == 1


@dataclass(frozen=True, slots=True)
class Outcome:
    """The values on the scales that a set of fired rules gives, before floor, bounds and hold."""

    rating: str
    level: str


@dataclass(frozen=True, slots=True)
class Consequence:
    """What could still be once a question has this answer: ratings and urgencies, lowest first."""

    answer: Any
    suitability: tuple[str, ...]
    urgency: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """An unanswered fact that can change something: what it can change, and each answer's consequence."""

    fact: str
    can_change: tuple[str, ...]
    would: tuple[Consequence, ...] = ()


@dataclass(frozen=True, slots=True)
class StillOpen:
    """What an incomplete referral can still become, and the questions that can change it."""

    bounds: Bounds
    questions: tuple[OpenQuestion, ...] = ()


@dataclass(frozen=True, slots=True)
class Common:
    """What all completions with one rating have in common; empty or None where they differ.

    ``targets`` are the leading targets that have the rating in all of them, in the order of ``RuleSet.targets``;
    ``role`` and ``certainty`` those of the whole, ``plan`` the id of the course as ``plan_for`` gives it.
    """

    targets: tuple[str, ...] = ()
    role: str | None = None
    certainty: str | None = None
    plan: str | None = None


@dataclass(frozen=True, slots=True)
class TargetStanding:
    """One target with a support that counts: its rating, and what it comes from.

    ``supports`` are the rules of the highest support, ``limits`` those that apply to the target, ``limited_by`` the
    ones (built-in ones too) that hold the rating below the highest support.
    """

    target: str
    leading: bool
    rating: str
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]
    supports: tuple[str, ...]
    limits: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Standing:
    """What the fired rules come to, before floor, bounds and hold.

    ``best`` are the leading targets with the highest rating; ``role``, ``certainty`` and ``limited_by`` are theirs.
    ``capped`` says that the leading problem is supported by nothing and holds what stands beside it. ``silenced`` are
    life problems whose supports do not count, because of the conditions ``beside`` them.
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
        return tuple(each.target for each in self.targets if each.leading)

    @property
    def best(self) -> tuple[TargetStanding, ...]:
        """The leading targets that have the rating of the whole; none where nothing is supported."""
        return tuple(each for each in self.targets if each.leading and each.rating == self.rating)


def standing(ruleset: RuleSet, fired: Iterable[Rule], answers: Answers) -> Standing:
    """Combine fired rules into ratings and a level. ``answers`` are those given and, beside them, those derived."""
    rules = sorted(fired, key=lambda rule: rule.id)
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
    ordered = sorted(targets, key=lambda each: (not each.leading, -scales.rating_rank(each.rating), order(each.target)))
    rating, role, certainty, limited_by = _whole(ordered, limits, scales)
    return Standing(
        tuple(ordered), rating, scales.urgency_ids[level], role, certainty, limited_by, capped, silenced, beside
    )


def conditions_beside(ruleset: RuleSet, answers: Answers) -> tuple[str, ...]:
    """Name the conditions that are suspected or current, and so keep the life problems from counting."""
    ignored = ruleset.vocabulary.not_a_condition_beside
    return tuple(
        name for name in ruleset.vocabulary.conditions if name not in ignored and _is(ruleset, name, PRESENT, answers)
    )


def leading_targets(ruleset: RuleSet, supported: Collection[str], answers: Answers) -> tuple[frozenset[str], bool]:
    """Say which of the supported targets lead, and whether all of them are capped for want of one that should."""
    about, otherwise = _about(ruleset, answers)
    leading = about.intersection(supported)
    if leading or not supported:
        return leading, False
    return frozenset(supported), otherwise == "all_lead_capped"


def targets_of_problem(ruleset: RuleSet, answers: Answers) -> frozenset[str]:
    """The targets that the leading problem is about, supported or not; none where it is not answered."""
    return _about(ruleset, answers)[0]


def _about(ruleset: RuleSet, answers: Answers) -> tuple[frozenset[str], str]:
    vocabulary = ruleset.vocabulary
    name = vocabulary.leading_fact
    for value, lead in vocabulary.leads.items():
        if name is not None and _is(ruleset, name, frozenset({value}), answers):
            conditions = vocabulary.conditions if lead.also_remitted else ()
            remitted = (each for each in conditions if _is(ruleset, each, REMITTED, answers))
            return frozenset((*lead.targets, *remitted)), lead.otherwise
    return frozenset(), "all_lead"


def _is(ruleset: RuleSet, name: str, values: frozenset[str], answers: Answers) -> bool:
    """Say whether a fact is known to have one of the values; never where it is not known whether it is asked."""
    return answers.get(name) in values and ruleset.vocabulary.asked(name, answers) is True


_Support = tuple[str, Supports]
_Limit = tuple[str, Limits]


def _collect(rules: Iterable[Rule], scales: Scales) -> tuple[int, list[_Limit], dict[str, list[_Support]]]:
    """The highest level, all limits, and the supports of each target, each with the id of its rule."""
    level, limits = 0, list[_Limit]()
    supports: dict[str, list[_Support]] = {}
    for rule in rules:
        for effect in rule.effects:
            match effect:
                case Supports():
                    for target in effect.targets:
                        supports.setdefault(target, []).append((rule.id, effect))
                case Limits():
                    limits.append((rule.id, effect))
                case Urgency():
                    level = max(level, scales.urgency_rank(effect.level))
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
    """The rank that is left of the highest support, and the limits that hold it lower."""
    left = min((highest, *(rank for _, rank in limits)))
    return left, tuple(dict.fromkeys(id_ for id_, rank in limits if rank == left < highest))


def _whole(
    targets: Sequence[TargetStanding], limits: Sequence[_Limit], scales: Scales
) -> tuple[str, str | None, str | None, tuple[str, ...]]:
    """Rating, role, certainty and limits of the whole: those of the leading targets with the highest rating."""
    rank = scales.rating_rank
    leading = [each for each in targets if each.leading]
    if not leading:
        general = [(id_, rank(limit.to)) for id_, limit in limits if not limit.targets]
        rating, limited_by = _limited(rank(NO_SUPPORT), general)
        return scales.rating_ids[rating], None, None, limited_by
    highest = max(rank(each.rating) for each in leading)
    best = [each for each in leading if rank(each.rating) == highest]
    limited = {id_ for each in best for id_ in each.limited_by}
    return (
        scales.rating_ids[highest],
        _first(scales.roles, {each.role for each in best}),
        _first(scales.certainties[::-1], {each.certainty for each in best}),
        tuple(sorted(limited)),
    )


def _first(terms: Iterable[Term], ids: Collection[str | None]) -> str | None:
    """The first of the terms that is among the ids."""
    return next((term.id for term in terms if term.id in ids), None)


@dataclass(frozen=True, slots=True)
class HeldFloor:
    """A floor that holds the level: ``id`` is that of its action in the scales, ``facts`` those not answered."""

    id: str
    level: str
    facts: tuple[str, ...]


def floors(ruleset: RuleSet, missing: Collection[str], answers: Answers) -> tuple[HeldFloor, ...]:
    """The floors that hold while core facts are missing, the highest first.

    A fact that sets a floor for itself holds that one while its condition is known to hold; all others the general one.
    """
    vocabulary, scales = ruleset.vocabulary, ruleset.scales
    held = [
        HeldFloor(fact.name, fact.floor.level, (fact.name,))
        for fact in vocabulary
        if fact.floor is not None and fact.name in missing and any_holds(fact.floor.held_while, answers)
    ]
    others = vocabulary.in_order({*missing} - {each.id for each in held})
    if others:
        held.append(HeldFloor(GENERAL_FLOOR, scales.floor, tuple(others)))
    return tuple(sorted(held, key=lambda each: -scales.urgency_rank(each.level)))


def covered(fired: Iterable[Rule]) -> frozenset[str]:
    """The ids of the rules whose reason and action a fired rule takes the place of; a covered rule covers too."""
    return frozenset(id_ for rule in fired if rule.urgency for id_ in rule.urgency.covers)


def outcome(ruleset: RuleSet, fired: Iterable[Rule], answers: Answers) -> Outcome:
    """The rating and the level that fired rules come to, before floor, bounds and hold; see :func:`standing`."""
    found = standing(ruleset, fired, answers)
    return Outcome(found.rating, found.level)
