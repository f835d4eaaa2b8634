"""That every effect matters: without it, the answer to some referral is another."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from triage.analysis.formulas import Formula, every, no, some
from triage.analysis.prover import Prover, Refuted
from triage.analysis.symbolic import Symbolic
from triage.model.rule import Alternative, Derives, Focus, Format, Kind, Limits, Rule, Supports, Urgency
from triage.model.scales import LOWEST_SUPPORT


def every_urgency_and_limit_matters(prover: Prover) -> None:
    """Without any one urgency or limit, something of some answer is another."""
    one = prover.one
    ways = [(rule, _ways_of_urgency(one, rule, each)) for rule, each in one.of(Urgency)]
    ways += [(rule, _ways_of_limit(one, rule, each)) for rule, each in one.of(Limits)]
    _refute(prover, ways, "an urgency or limit", "level, action, line, reason, rating and role")


def every_support_matters(prover: Prover) -> None:
    """Without any one support, some target's rating, role or certainty is another."""
    ways = [(rule, _ways_of_support(prover.one, rule, each)) for rule, each in prover.one.of(Supports)]
    _refute(prover, ways, "a support", "rating, role and certainty")


def every_proposal_matters(prover: Prover) -> None:
    """Without any one problem area, format, offer or derived answer, something of some answer is another."""
    rules = prover.ruleset.rules
    ways = [(rule, iter([way])) for rule in rules for way in _ways_of_proposals(prover.one, rule)]
    _refute(prover, ways, "an area, format, offer or derived answer", "proposal")


def _refute(prover: Prover, ways: Iterable[tuple[Rule, Iterator[Formula]]], part: str, same: str) -> None:
    """Refute where some rule fires on no referral in any of the ways that make a difference; all such are named."""
    fired = prover.one.fired
    idle = [rule.id for rule, each in ways if not any(prover.can(fired[rule.id], way) for way in each)]
    if idle:
        ids = ", ".join(f"`{id_}`" for id_ in dict.fromkeys(idle))
        raise Refuted(f"Without {part} of {ids} every {same} is the same.")


def _no_other(one: Symbolic, rule: Rule, effect: Kind, like: Callable[[Kind], bool]) -> Formula:
    """No other effect of this kind that is like this fired, of this rule or another."""
    others = one.of(type(effect), like)
    return no(some(one.fired[each.id] for each, other in others if each is not rule or other is not effect))


def _ways_of_urgency(one: Symbolic, rule: Rule, urgency: Urgency) -> Iterator[Formula]:
    """It alone sets the level; its reason and action stand; a line is its alone; a rule is covered by it alone."""
    rank = one.scales.urgency_rank
    yield _no_other(one, rule, urgency, lambda each: rank(each.level) >= rank(urgency.level))
    yield no(one.covered(rule.id))
    yield from (_line_is_its_alone(one, rule, urgency, line) for line in urgency.action.also)
    yield from (_covers_alone(one, rule, urgency, id_) for id_ in urgency.covers)


def _line_is_its_alone(one: Symbolic, rule: Rule, urgency: Urgency, line: str) -> Formula:
    return every((one.shows(line), _no_other(one, rule, urgency, lambda each: line in each.action.also)))


def _covers_alone(one: Symbolic, rule: Rule, urgency: Urgency, id_: str) -> Formula:
    return every((one.fired.get(id_, some(())), _no_other(one, rule, urgency, lambda each: id_ in each.covers)))


def _ways_of_limit(one: Symbolic, rule: Rule, limit: Limits) -> Iterator[Formula]:
    """It alone holds a target's rating, or the rating where nothing is supported, or it alone carries a role."""
    rank = one.scales.rating_rank
    limited = [target for target in one.supported_targets if limit.applies_to(target)]
    yield from (_holds_alone(one, rule, limit, target) for target in limited)
    if not limit.targets and not rank(limit.to):
        unsupported = [no(one.supported(target)) for target in one.supported_targets]
        yield every([*unsupported, _no_other(one, rule, limit, lambda each: not each.targets and not rank(each.to))])
    if limit.role is not None:
        yield from (_carries_alone(one, rule, limit, target) for target in limited)


def _holds_alone(one: Symbolic, rule: Rule, limit: Limits, target: str) -> Formula:
    rank = one.scales.rating_rank
    capped = one.capped if rank(one.scales.cap) <= rank(limit.to) else some(())
    lower = _no_other(one, rule, limit, lambda each: each.applies_to(target) and rank(each.to) <= rank(limit.to))
    return every((one.support_reaches(target, rank(limit.to) + 1), lower, no(capped)))


def _carries_alone(one: Symbolic, rule: Rule, limit: Limits, target: str) -> Formula:
    role = limit.role or ""
    carried = _no_other(one, rule, limit, lambda each: each.applies_to(target) and each.role == role)
    supports = one.some_fired(Supports, lambda each: target in each.targets and each.role == role)
    return every((one.role_is(target, role), carried, no(supports)))


def _ways_of_support(one: Symbolic, rule: Rule, support: Supports) -> Iterator[Formula]:
    return (way for target in support.targets for way in _ways_of_target(one, rule, support, target))


def _ways_of_target(one: Symbolic, rule: Rule, support: Supports, target: str) -> Iterator[Formula]:
    """It alone reaches a rating that the target has, or it alone carries the target's role or certainty."""
    rank = one.scales.rating_rank
    reached = one.scales.rating_ids[rank(LOWEST_SUPPORT) : rank(support.rating) + 1]
    yield from (_reaches_alone(one, rule, support, target, rating) for rating in reached)
    highest = no(one.support_reaches(target, rank(support.rating) + 1))

    def alike(each: Supports) -> bool:
        return target in each.targets and each.rating == support.rating

    carrying = _no_other(one, rule, support, lambda each: alike(each) and each.role == support.role)
    limits = one.some_fired(Limits, lambda each: each.applies_to(target) and each.role == support.role)
    yield every((highest, one.role_is(target, support.role), carrying, no(limits)))
    sure = _no_other(one, rule, support, lambda each: alike(each) and each.certainty == support.certainty)
    yield every((highest, one.certainty_is(target, support.certainty), sure))


def _reaches_alone(one: Symbolic, rule: Rule, support: Supports, target: str, rating: str) -> Formula:
    rank = one.scales.rating_rank
    lower = _no_other(one, rule, support, lambda each: target in each.targets and rank(each.rating) >= rank(rating))
    return every((one.target_at_least(target, rating), lower))


def _ways_of_proposals(one: Symbolic, rule: Rule) -> Iterator[Formula]:
    """For each thing that the rule proposes: it is shown, and no other rule proposes the same."""
    for area in rule.of(Focus):
        yield _no_other(one, rule, area, area.__eq__)
    for stance in rule.of(Format):
        shown = one.suited(stance.format) if stance.suited else every(())
        yield every((shown, _no_other(one, rule, stance, stance.__eq__)))
    for offer in rule.of(Alternative):
        yield every((one.offered(offer.therapy), _no_other(one, rule, offer, offer.__eq__)))
    for derived in rule.of(Derives):
        yield _no_other(one, rule, derived, derived.__eq__)
