"""Properties of any rule set: answering more lowers nothing, each rule can fire, no two rules mean the same."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import combinations
from typing import Any, get_args

from triage.analysis.formulas import every, no, some
from triage.analysis.matters import every_proposal_matters, every_support_matters, every_urgency_and_limit_matters
from triage.analysis.pairs import lower
from triage.analysis.property_names import STRUCTURAL_SENTENCES
from triage.analysis.prover import Prover, Refuted
from triage.model.course import CourseKind
from triage.model.fact import AGE, REMITTED
from triage.model.rule import Advice, Alternative, Effect, Limits, OneOf, Rule, Supports, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_URGENCY


def _answering_more_lowers_nothing(prover: Prover) -> None:
    one, other = prover.one.variables, prover.other.variables
    kept = [one.kept_in(other, name) for name in one.values]
    prover.never_both("An answer more lowers the urgency.", *kept, lower(prover))


def _open_safety_is_urgent(prover: Prover) -> None:
    floor = prover.ruleset.scales.floor
    for fact in prover.ruleset.vocabulary:
        if fact.can_be_core:
            note = f"`{fact.name}` is core and unanswered, and the urgency is below the floor."
            prover.never(note, prover.one.core_unanswered(fact.name), no(prover.one.reported_at_least(floor)))


def _every_rule_can_fire(prover: Prover) -> None:
    for id_, seen in prover.seen.items():
        if seen is None:
            raise Refuted(f"`{id_}` fires on no referral.")


def _no_two_rules_mean_the_same(prover: Prover) -> None:
    alike: dict[Any, list[Rule]] = {}
    for rule in prover.ruleset.rules:
        if not all(isinstance(effect, Advice) for effect in rule.effects):
            alike.setdefault(frozenset(map(_bare, rule.effects)), []).append(rule)
    for rules in alike.values():
        for first, second in combinations(rules, 2):
            if not _apart(prover, first.id, second.id):
                raise Refuted(f"`{first.id}` and `{second.id}` fire on the same referrals, to the same effect.")


def _apart(prover: Prover, first: str, second: str) -> bool:
    """Say whether one of two rules fires on some referral where the other does not; try the referrals seen first."""
    if any((first in seen) != (second in seen) for seen in map(prover.seen.get, (first, second)) if seen):
        return True
    one, two = prover.one.fired[first], prover.one.fired[second]
    return prover.can(some((every((one, no(two))), every((two, no(one))))))


def _bare(effect: Effect) -> Any:
    """What an effect does, without its texts."""
    match effect:
        case Urgency(level=level):
            return ("urgency", level)
        case Limits(to=to, targets=targets, role=role):
            return ("limits", to, targets, role)
        case Alternative(therapy=therapy, offer=offer, targets=targets):
            return ("alternative", therapy, offer, targets)
        case Supports(rating=rating, targets=targets, role=role):
            return ("supports", rating, targets, role)
        case other:
            return other


def _levels_have_actions_and_only_holds_hide(prover: Prover) -> None:
    scales = prover.ruleset.scales
    for term in scales.urgencies:
        if term.id != LOWEST_URGENCY and not term.action.first:
            raise Refuted(f"`{term.id}` has no action.")
    for rule, urgency in prover.one.of(Urgency):
        if urgency.level != LOWEST_URGENCY and not urgency.action.first:
            raise Refuted(f"`{rule.id}` has no action.")
    held = [level in scales.hold_at for level in scales.urgency_ids]
    if not any(held) or held != sorted(held):
        raise Refuted("A level holds the rating, and one above it does not.")


def _a_plan_follows_from_its_target(prover: Prover) -> None:
    """Try every target, state of it and age, which are all that a plan depends on."""
    course, vocabulary = prover.ruleset.course, prover.ruleset.vocabulary
    for target in prover.one.supported_targets if course else ():
        for state in (REMITTED, None) if target in vocabulary.conditions else (None,):
            kind = _kind(target, state, prover.ruleset)
            for age in vocabulary[AGE].all_answers if AGE in vocabulary.facts else ():
                answers = {AGE: age} if state is None else {AGE: age, target: state}
                assert course
                planned = course.length_for(target, answers).kind
                if planned != kind and (state is None or _is_supported(target, state, prover.ruleset)):
                    raise Refuted(f"The plan for `{target}` is called {planned}, not {kind}.", (answers,))


def _kind(target: str, state: str | None, ruleset: RuleSet) -> CourseKind:
    """The kind of plan that a target has in this state; a life problem that is named as a kind has that one."""
    if state == REMITTED:
        return "maintenance"
    kinds: tuple[CourseKind, ...] = get_args(CourseKind)
    return next((kind for kind in kinds if kind == target and target not in ruleset.vocabulary.conditions), "acute")


def _is_supported(target: str, state: str, ruleset: RuleSet) -> bool:
    """Whether some rule supports the target and reads this state of it."""
    return any(
        isinstance(condition, OneOf) and condition.fact == target and state in condition.values
        for rule in ruleset.rules
        if any(target in support.targets for support in rule.of(Supports))
        for conjunction in rule.when
        for condition in conjunction
    )


CHECKS: Mapping[str, Callable[[Prover], None]] = {
    "answering-more-lowers-nothing": _answering_more_lowers_nothing,
    "open-safety-is-urgent": _open_safety_is_urgent,
    "every-rule-can-fire": _every_rule_can_fire,
    "every-urgency-and-limit-matters": every_urgency_and_limit_matters,
    "every-support-matters": every_support_matters,
    "every-proposal-matters": every_proposal_matters,
    "no-two-rules-mean-the-same": _no_two_rules_mean_the_same,
    "a-plan-follows-from-its-target": _a_plan_follows_from_its_target,
    "levels-have-actions-and-only-holds-hide": _levels_have_actions_and_only_holds_hide,
}

STRUCTURAL: tuple[tuple[str, str, Callable[[Prover], None]], ...] = tuple(
    (id_, sentence, CHECKS[id_]) for id_, sentence in STRUCTURAL_SENTENCES.items()
)
"""Each property of the rules as rules: its id, its sentence and what checks it."""
