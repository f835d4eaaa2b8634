"""Proofs: what must hold of every referral that is accepted, complete or not, asked of the solver.

The clinical properties are data, in ``rules/properties.yaml``. Here are those about the rules as rules: that answering
more lowers nothing, that each rule can fire and matters, that no two mean the same. A property that fails comes with
the smallest referral that breaks it, replayed in the reference.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import combinations, product
from pathlib import Path
from time import perf_counter
from typing import Any

from triage.analysis.formulas import SolverTimeout, every, no, solving, some
from triage.analysis.proof import Proof
from triage.analysis.symbolic import Symbolic
from triage.analysis.variables import Variables, search_among
from triage.answer.decide import decide
from triage.answer.fired_rules import FiredRules
from triage.engines.outcome import Bounds
from triage.model.fact import Fact
from triage.model.property import Property
from triage.model.rule import Advice, Condition, Format, Limits, OneOf, Rule, Supports, Urgency, Value
from triage.model.ruleset import RuleSet
from triage.model.scales import LOWEST_SUPPORT, LOWEST_URGENCY, Scales
from triage.reading.properties_file import read_properties


class Refuted(Exception):
    """The property does not hold: why in words, and on which referrals."""

    def __init__(self, note: str, referrals: tuple[dict[str, Value], ...] = ()) -> None:
        self.note = note
        self.referrals = referrals
        super().__init__(note)


class Prover:
    """All that the proofs of one rule set share: two referrals as variables, and the rules over each."""

    def __init__(self, ruleset: RuleSet, timeout: float = 10.0, also_cut: Iterable[Condition] = ()) -> None:
        cuts = tuple(also_cut)
        self.ruleset = ruleset
        self.timeout = timeout
        self.one = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset], "a ", cuts))
        self.other = Symbolic(ruleset, Variables(ruleset.vocabulary, [ruleset], "b ", cuts))
        self.single = search_among(self.one.variables, timeout=timeout)
        self.pair = search_among(self.one.variables, self.other.variables, timeout=timeout)

    def never(self, note: str, *formulas: Any) -> None:
        """Refute with the smallest referral of which all the formulas hold, if there is one."""
        model = self.single.smallest(*formulas)
        if model is not None:
            raise Refuted(note, (self.one.replay(model),))

    def never_both(self, note: str, *formulas: Any) -> None:
        """Refute with the smallest two referrals of which all the formulas hold, if there are."""
        model = self.pair.smallest(*formulas)
        if model is not None:
            raise Refuted(note, (self.one.replay(model), self.other.replay(model)))

    def can(self, *formulas: Any) -> bool:
        """Say whether some referral makes all the formulas hold."""
        return self.single.model(*formulas) is not None


def names(ruleset: RuleSet, folder: Path) -> tuple[str, ...]:
    """The ids of all properties. Raises FaultyRuleSet where one names what does not exist."""
    return tuple(each.id for each in read_properties(folder, ruleset)) + tuple(id_ for id_, _, _ in STRUCTURAL)


def prove_all(ruleset: RuleSet, folder: Path, timeout: float = 10.0, only: Iterable[str] = ()) -> tuple[Proof, ...]:
    """Prove every property of a rule set, or those named in ``only``; ``timeout`` is seconds for one question.

    Raises FaultyRuleSet where a property names what does not exist.
    """
    wanted = frozenset(only)
    properties = read_properties(folder, ruleset)
    with solving:
        prover = Prover(ruleset, timeout, [each for property_ in properties for each in property_.conditions])
        claims = [(each.id, each.sentence, partial(_clinical, prover, each)) for each in properties]
        claims += [(id_, sentence, partial(check, prover)) for id_, sentence, check in STRUCTURAL]
        return tuple(_proof(*claim) for claim in claims if not wanted or claim[0] in wanted)


def _proof(id_: str, sentence: str, check: Callable[[], None]) -> Proof:
    started = perf_counter()
    try:
        check()
    except Refuted as refuted:
        return Proof(id_, sentence, False, perf_counter() - started, refuted.note, refuted.referrals)
    except SolverTimeout as timeout:
        return Proof(id_, sentence, None, perf_counter() - started, f"{timeout} The property is not settled.")
    return Proof(id_, sentence, True, perf_counter() - started)


def _clinical(prover: Prover, property_: Property) -> None:
    one, scales = prover.one, prover.ruleset.scales
    if property_.change_neither:
        _changes_neither(prover, property_)
        return
    if property_.more_serious_lowers_nothing:
        _more_serious_lowers_nothing(prover, property_)
        return
    if property_.supports_reading is not None:
        _supports_reading(prover, property_)
        return
    about = _about(one.variables, property_)
    if property_.rating_at_most is not None:
        above = scales.rating_rank(property_.rating_at_most) + 1
        if above < len(scales.rating_ids):
            prover.never("The rating is higher.", about, one.rating_at_least(scales.rating_ids[above]))
    if property_.rating_at_least is not None:
        prover.never("The rating is lower.", about, no(one.rating_at_least(property_.rating_at_least)))
    if property_.level_at_least is not None:
        prover.never("The urgency is lower.", about, no(one.level_at_least(property_.level_at_least)))
    if property_.never_suited is not None:
        prover.never("The format is called suited.", about, _suited(one, property_.never_suited))
    if not prover.can(about):
        raise Refuted("No referral is like this: the property says nothing.")


def _about(variables: Variables, property_: Property) -> Any:
    """The referrals that a property is about."""
    formulas = []
    if property_.given:
        formulas.append(some(every(variables.holds(each) for each in conjunction) for conjunction in property_.given))
    if property_.unless:
        formulas += [no(variables.holds(each)) for each in property_.unless]
    if property_.alone:
        named = {condition.fact for conjunction in property_.given for condition in conjunction}
        formulas += [no(variables.answered(name)) for name in variables.values if name not in named]
    return every(formulas)


def _suited(symbolic: Symbolic, format_: str) -> Any:
    """The answer calls the format suited: a rule says so and none says that it is not."""

    def said(suited: bool) -> Any:
        effect = Format(format_, suited)
        return some(symbolic.fired[rule.id] for rule in symbolic.ruleset.rules if rule.effect == effect)

    return every((said(True), no(said(False))))


def _changes_neither(prover: Prover, property_: Property) -> None:
    others = [name for name in prover.ruleset.vocabulary.facts if name not in property_.facts]
    same = prover.one.variables.same(prover.other.variables, others)
    scales = prover.ruleset.scales
    if "rating" in property_.change_neither:
        for rating in scales.rating_ids[1:]:
            differ = (prover.one.rating_at_least(rating), no(prover.other.rating_at_least(rating)))
            prover.never_both("The rating changes.", same, *differ)
    if "urgency" in property_.change_neither:
        for level in scales.urgency_ids[1:]:
            differ = (prover.one.level_at_least(level), no(prover.other.level_at_least(level)))
            prover.never_both("The urgency changes.", same, *differ)


def _lower(prover: Prover) -> Any:
    """The rules that fired set a lower urgency on the other referral than on the one."""
    one, other = prover.one, prover.other
    levels = prover.ruleset.scales.urgency_ids[1:]
    return some(every((one.level_at_least(level), no(other.level_at_least(level)))) for level in levels)


def _answering_more_lowers_nothing(prover: Prover) -> None:
    one, other = prover.one.variables, prover.other.variables
    kept = []
    for name, values in one.values.items():
        same = every(held == other.values[name][key] for key, held in values.items())
        kept.append(some((no(one.answered(name)), every((other.answered(name), same)))))
    prover.never_both("An answer more lowers the urgency.", *kept, _lower(prover))


def _more_serious_lowers_nothing(prover: Prover, property_: Property) -> None:
    vocabulary = prover.ruleset.vocabulary
    for name in property_.facts:
        fact = vocabulary[name]
        if not (fact.ordered or fact.is_set or fact.is_integer):
            continue
        others = [each for each in vocabulary.facts if each != name]
        same = prover.one.variables.same(prover.other.variables, others)
        note = f"A more serious answer to `{name}` lowers the urgency."
        prover.never_both(note, same, _rises(prover, fact), _lower(prover))


def _rises(prover: Prover, fact: Fact) -> Any:
    """The other referral's answer is the more serious one."""
    one, other = prover.one.variables, prover.other.variables
    before, after = one.values[fact.name], other.values[fact.name]
    if fact.is_set:
        more = [some((no(held), after[key])) for key, held in before.items()]
        return every([one.answered(fact.name), other.answered(fact.name), *more])
    keys = list(before)
    return some(every((before[low], after[high])) for index, low in enumerate(keys) for high in keys[index + 1 :])


def _open_safety_is_urgent(prover: Prover) -> None:
    floor = prover.ruleset.scales.floor
    for fact in prover.ruleset.vocabulary:
        note = f"`{fact.name}` is core and unanswered, and the urgency is below the floor."
        prover.never(note, prover.one.core_unanswered(fact.name), no(prover.one.reported_at_least(floor)))


def _every_rule_can_fire(prover: Prover) -> None:
    for id_, fired in prover.one.fired.items():
        if not prover.can(fired):
            raise Refuted(f"`{id_}` fires on no referral.")


def _every_urgency_and_limit_matters(prover: Prover) -> None:
    fired, scales = prover.one.fired, prover.ruleset.scales
    for rule in prover.ruleset.rules:
        match rule.effect:
            case Urgency(level=level):
                rest = _others(prover, rule, partial(_is_as_urgent, scales, scales.urgency_rank(level)))
                matters = prover.can(fired[rule.id], no(some(rest)))
            case Limits(to=to):
                matters = _limit_matters(prover, rule, scales.rating_rank(to))
            case _:
                continue
        if not matters and rule.covered_by is None:
            raise Refuted(f"Without `{rule.id}` every outcome is the same, and it names no `covered_by`.")


def _is_as_urgent(scales: Scales, rank: int, effect: Any) -> bool:
    return isinstance(effect, Urgency) and scales.urgency_rank(effect.level) >= rank


def _limit_matters(prover: Prover, rule: Rule, rank: int) -> bool:
    """Say whether without the limit some rating is higher."""
    one, scales = prover.one, prover.ruleset.scales
    lower = _others(prover, rule, lambda effect: isinstance(effect, Limits) and scales.rating_rank(effect.to) <= rank)
    supports = [
        one.fired[each.id] for each in prover.ruleset.rules
        if isinstance(each.effect, Supports) and scales.rating_rank(each.effect.rating) > rank
    ]  # fmt: skip
    supported = some(supports) if rank else no(some(()))
    return prover.can(one.fired[rule.id], no(some(lower)), supported)


def _every_support_matters_or_is_covered(prover: Prover) -> None:
    for rule in prover.ruleset.rules:
        if not isinstance(rule.effect, Supports):
            continue
        matters = _support_matters(prover, rule, rule.effect)
        if not matters and rule.covered_by is None:
            raise Refuted(f"Without `{rule.id}` rating, role and target are the same, and it names no `covered_by`.")
        if matters and rule.covered_by is not None:
            raise Refuted(f"`{rule.id}` names `covered_by`, and without it some rating, role or target is another.")


def _support_matters(prover: Prover, rule: Rule, effect: Supports) -> bool:
    """Say whether without the support some rating, target or role is another."""
    one, scales = prover.one, prover.ruleset.scales
    rank = scales.rating_rank(effect.rating)
    higher = _others(prover, rule, lambda each: isinstance(each, Supports) and scales.rating_rank(each.rating) > rank)
    leading = (one.fired[rule.id], no(some(higher)), one.rating_at_least(LOWEST_SUPPORT))
    equal = [
        (each, each.effect) for each in prover.ruleset.rules
        if each is not rule and isinstance(each.effect, Supports) and each.effect.rating == effect.rating
    ]  # fmt: skip
    if prover.can(*leading, no(some(one.fired[each.id] for each, _ in equal))):
        return True
    for target in effect.targets:
        sharing = [one.fired[each.id] for each, other in equal if target in other.targets]
        if prover.can(*leading, no(some(sharing))):
            return True
    order = [term.id for term in scales.roles]
    cautious = order[: order.index(effect.role) + 1]
    carrying = [one.fired[each.id] for each, other in equal if other.role in cautious]
    carrying += _others(prover, rule, lambda each: isinstance(each, Limits) and each.role in cautious)
    return prover.can(*leading, no(some(carrying)))


def _others(prover: Prover, rule: Rule, like: Callable[[Any], bool]) -> list[Any]:
    return [prover.one.fired[each.id] for each in prover.ruleset.rules if each is not rule and like(each.effect)]


def _no_two_rules_mean_the_same(prover: Prover) -> None:
    alike: dict[Any, list[Rule]] = {}
    for rule in prover.ruleset.rules:
        if not isinstance(rule.effect, Advice):
            alike.setdefault(_bare(rule), []).append(rule)
    for rules in alike.values():
        for first, second in combinations(rules, 2):
            one, two = prover.one.fired[first.id], prover.one.fired[second.id]
            if not prover.can(some((every((one, no(two))), every((two, no(one)))))):
                raise Refuted(f"`{first.id}` and `{second.id}` fire on the same referrals, to the same effect.")


def _bare(rule: Rule) -> Any:
    """An effect without its words."""
    match rule.effect:
        case Urgency(level=level):
            return ("urgency", level)
        case Limits(to=to, role=role):
            return ("limits", to, role)
        case Supports(rating=rating, targets=targets, role=role):
            return ("supports", rating, targets, role)
        case effect:
            return effect


def _supports_reading(prover: Prover, property_: Property) -> None:
    """What supports may say that fire on a condition in a given state."""
    scales = prover.ruleset.scales
    for rule in prover.ruleset.rules:
        effect = rule.effect
        read = set(_condition_values(rule, prover))
        if not isinstance(effect, Supports) or property_.supports_reading not in read:
            continue
        if property_.roles and effect.role not in property_.roles:
            raise Refuted(f"`{rule.id}` supports on a {property_.supports_reading} condition as {effect.role}.")
        highest = property_.rating_at_most
        if highest is not None and scales.rating_rank(effect.rating) > scales.rating_rank(highest):
            raise Refuted(f"`{rule.id}` supports `{effect.rating}` on a {property_.supports_reading} condition.")


def _condition_values(rule: Rule, prover: Prover) -> Iterator[str]:
    for conjunction in rule.when:
        for condition in conjunction:
            if isinstance(condition, OneOf) and prover.ruleset.vocabulary[condition.fact].type == "condition":
                yield from condition.values


def _levels_have_actions_and_only_holds_hide(prover: Prover) -> None:
    scales = prover.ruleset.scales
    for term in scales.urgencies:
        if term.id != LOWEST_URGENCY and not term.action:
            raise Refuted(f"`{term.id}` has no action.")
    for rule in prover.ruleset.rules:
        if isinstance(rule.effect, Urgency) and not rule.effect.action:
            raise Refuted(f"`{rule.id}` has no action.")
    for level, rating, missing in product(scales.urgency_ids, scales.rating_ids, ((), (_any_core(prover),))):
        verdict = decide(FiredRules(prover.ruleset, (), missing=missing), Bounds((rating,), (level,)))
        urgent = max(scales.urgency_rank(level), scales.urgency_rank(scales.floor) if missing else 0)
        if scales.urgency_rank(verdict.level) != urgent:
            raise Refuted(f"`{level}` is reported as `{verdict.level}`.")
        if verdict.on_hold != (verdict.level in scales.hold_at):
            raise Refuted(f"At `{verdict.level}` the rating `{rating}` is reported as `{verdict.rating}`.")
    held = [level in scales.hold_at for level in scales.urgency_ids]
    if not any(held) or held != sorted(held):
        raise Refuted("A level holds the rating, and one above it does not.")


def _any_core(prover: Prover) -> str:
    return next(fact.name for fact in prover.ruleset.vocabulary if fact.core.kind == "always")


STRUCTURAL: tuple[tuple[str, str, Callable[[Prover], None]], ...] = (
    (
        "answering-more-lowers-nothing",
        "Whatever else is answered, the urgency that rules have set is never lowered.",
        _answering_more_lowers_nothing,
    ),
    (
        "open-safety-is-urgent",
        "While any core safety question is unanswered, the urgency is urgent at least.",
        _open_safety_is_urgent,
    ),
    ("every-rule-can-fire", "Every rule fires on some referral.", _every_rule_can_fire),
    (
        "every-urgency-and-limit-matters",
        "Without any one urgency rule or limit, the outcome of some referral is another, or the rule names what covers "
        "it and adds words of its own.",
        _every_urgency_and_limit_matters,
    ),
    (
        "every-support-matters-or-is-covered",
        "Without any one support, rating, role or target of some referral is another, or the rule names what "
        "covers it.",
        _every_support_matters_or_is_covered,
    ),
    (
        "no-two-rules-mean-the-same",
        "No two rules fire on the same referrals to the same effect.",
        _no_two_rules_mean_the_same,
    ),
    (
        "levels-have-actions-and-only-holds-hide",
        "Every urgency above routine says what to do; where one level holds the rating back, every higher one does.",
        _levels_have_actions_and_only_holds_hide,
    ),
)
