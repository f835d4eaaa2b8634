"""Every effect matters: without it, the answer to some referral would differ."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.prover import Prover, Refuted
from triage.analysis.symbolic import Symbolic
from triage.model.rule import Alternative, Derives, Focus, Format, Kind, Limits, Rule, Supports, Urgency
from triage.model.scales import LOWEST_SUPPORT


def every_urgency_and_limit_matters(prover: Prover) -> None:
    """Without any one urgency or limit, the answer to some referral would differ."""
    symbolic = prover.one
    ways = [(rule, _ways_of_urgency(symbolic, rule, urgency)) for rule, urgency in symbolic.of(Urgency)]
    ways += [(rule, _ways_of_limit(symbolic, rule, limit)) for rule, limit in symbolic.of(Limits)]
    _refute(prover, ways, "an urgency or limit", "level, action, line, reason, rating and role")


def every_support_matters(prover: Prover) -> None:
    """Without any one support, some target's rating, role or certainty would differ."""
    ways = [(rule, _ways_of_support(prover.one, rule, support)) for rule, support in prover.one.of(Supports)]
    _refute(prover, ways, "a support", "rating, role and certainty")


def every_proposal_matters(prover: Prover) -> None:
    """Without any one problem area, format, offer or derived answer, the answer to some referral would differ."""
    rules = prover.ruleset.rules
    ways = [(rule, iter([way])) for rule in rules for way in _ways_of_proposals(prover.one, rule)]
    _refute(prover, ways, "an area, format, offer or derived answer", "proposal")


def _refute(prover: Prover, ways: Iterable[tuple[Rule, Iterator[Formula]]], part: str, same: str) -> None:
    """Refute where an effect of a rule makes no difference to any referral; all such rules are named."""
    fired = prover.one.fired
    idle = [rule.id for rule, formulas in ways if not any(prover.can(fired[rule.id], way) for way in formulas)]
    if idle:
        ids = ", ".join(f"`{id_}`" for id_ in dict.fromkeys(idle))
        raise Refuted(f"Without {part} of {ids} every {same} is the same.")


def _no_other(symbolic: Symbolic, rule: Rule, effect: Kind, like: Callable[[Kind], bool]) -> Formula:
    """No other effect of this kind that ``like`` accepts fired, of this rule or another."""
    others = symbolic.of(type(effect), like)
    return no(
        some(
            symbolic.fired[other_rule.id]
            for other_rule, other in others
            if other_rule is not rule or other is not effect
        )
    )


def _ways_of_urgency(symbolic: Symbolic, rule: Rule, urgency: Urgency) -> Iterator[Formula]:
    """It alone sets the level, or it is not covered, or it alone shows a line, or it alone covers a rule."""
    rank = symbolic.scales.urgency_rank
    yield _no_other(symbolic, rule, urgency, lambda other: rank(other.level) >= rank(urgency.level))
    yield no(symbolic.covered(rule.id))
    yield from (_shows_line_alone(symbolic, rule, urgency, line) for line in urgency.action.also)
    yield from (_covers_alone(symbolic, rule, urgency, id_) for id_ in urgency.covers)


def _shows_line_alone(symbolic: Symbolic, rule: Rule, urgency: Urgency, line: str) -> Formula:
    return every((symbolic.shows(line), _no_other(symbolic, rule, urgency, lambda other: line in other.action.also)))


def _covers_alone(symbolic: Symbolic, rule: Rule, urgency: Urgency, id_: str) -> Formula:
    return every(
        (symbolic.fired.get(id_, some(())), _no_other(symbolic, rule, urgency, lambda other: id_ in other.covers))
    )


def _ways_of_limit(symbolic: Symbolic, rule: Rule, limit: Limits) -> Iterator[Formula]:
    """It alone holds a target's rating, or the rating where nothing is supported, or it alone carries a role."""
    rank = symbolic.scales.rating_rank
    limited = [target for target in symbolic.supported_targets if limit.applies_to(target)]
    yield from (_holds_alone(symbolic, rule, limit, target) for target in limited)
    if not limit.targets and not rank(limit.to):
        unsupported = [no(symbolic.supported(target)) for target in symbolic.supported_targets]
        yield every(
            [*unsupported, _no_other(symbolic, rule, limit, lambda other: not other.targets and not rank(other.to))]
        )
    if limit.role is not None:
        yield from (_carries_alone(symbolic, rule, limit, target) for target in limited)


def _holds_alone(symbolic: Symbolic, rule: Rule, limit: Limits, target: str) -> Formula:
    rank = symbolic.scales.rating_rank
    capped = symbolic.capped if rank(symbolic.scales.cap) <= rank(limit.to) else some(())
    lower = _no_other(
        symbolic, rule, limit, lambda other: other.applies_to(target) and rank(other.to) <= rank(limit.to)
    )
    return every((symbolic.support_reaches(target, rank(limit.to) + 1), lower, no(capped)))


def _carries_alone(symbolic: Symbolic, rule: Rule, limit: Limits, target: str) -> Formula:
    role = limit.role or ""
    no_other = _no_other(symbolic, rule, limit, lambda other: other.applies_to(target) and other.role == role)
    supports = symbolic.some_fired(Supports, lambda support: target in support.targets and support.role == role)
    return every((symbolic.role_is(target, role), no_other, no(supports)))


def _ways_of_support(symbolic: Symbolic, rule: Rule, support: Supports) -> Iterator[Formula]:
    return (way for target in support.targets for way in _ways_of_target(symbolic, rule, support, target))


def _ways_of_target(symbolic: Symbolic, rule: Rule, support: Supports, target: str) -> Iterator[Formula]:
    """It alone reaches a rating that the target has, or it alone carries the target's role or certainty."""
    rank = symbolic.scales.rating_rank
    reached = symbolic.scales.rating_ids[rank(LOWEST_SUPPORT) : rank(support.rating) + 1]
    yield from (_reaches_alone(symbolic, rule, support, target, rating) for rating in reached)
    highest = no(symbolic.support_reaches(target, rank(support.rating) + 1))

    def alike(other: Supports) -> bool:
        return target in other.targets and other.rating == support.rating

    same_role = _no_other(symbolic, rule, support, lambda other: alike(other) and other.role == support.role)
    limits = symbolic.some_fired(Limits, lambda limit: limit.applies_to(target) and limit.role == support.role)
    yield every((highest, symbolic.role_is(target, support.role), same_role, no(limits)))
    same_certainty = _no_other(
        symbolic, rule, support, lambda other: alike(other) and other.certainty == support.certainty
    )
    yield every((highest, symbolic.certainty_is(target, support.certainty), same_certainty))


def _reaches_alone(symbolic: Symbolic, rule: Rule, support: Supports, target: str, rating: str) -> Formula:
    rank = symbolic.scales.rating_rank
    no_other = _no_other(
        symbolic, rule, support, lambda other: target in other.targets and rank(other.rating) >= rank(rating)
    )
    return every((symbolic.target_at_least(target, rating), no_other))


def _ways_of_proposals(symbolic: Symbolic, rule: Rule) -> Iterator[Formula]:
    """For each thing that the rule proposes: it is shown, and no other rule proposes the same."""
    for area in rule.of(Focus):
        yield _no_other(symbolic, rule, area, area.__eq__)
    for stance in rule.of(Format):
        shown = symbolic.suited(stance.format) if stance.suited else every(())
        yield every((shown, _no_other(symbolic, rule, stance, stance.__eq__)))
    for offer in rule.of(Alternative):
        yield every((symbolic.offered(offer.therapy), _no_other(symbolic, rule, offer, offer.__eq__)))
    for derived in rule.of(Derives):
        yield _no_other(symbolic, rule, derived, derived.__eq__)
