"""Problem areas, formats, other therapies and the comparison of two therapies, from the rules that fired."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple, get_args

from msgspec.structs import replace

from triage.answer.fired_rules import FiredRules
from triage.answer.model import Comparison, FormatStance, OfferedTherapy, ProblemArea, TieBreaker
from triage.answer.reasons import answers_behind, citations
from triage.engines.outcome import targets_of_problem
from triage.model.rule import Advice, Alternative, Compared, Conjunction, Focus, Format, Limits, Rule, Supports
from triage.model.ruleset import RuleSet
from triage.model.scales import FormatTerm
from triage.model.text import in_sentence

PROPOSED_AREAS = 2
"""The number of problem areas that are proposed."""
MOST_OF_AN_OFFER = 3
"""The most therapies that are offered first, and the most beside; all others are offered as `more`."""


def problem_areas(fired: FiredRules) -> tuple[ProblemArea, ...]:
    """The problem areas of the fired rules, in the order of the scale. The first two are proposed."""
    by_area: dict[str, list[Rule]] = {}
    for rule, effect in fired.effects(Focus):
        by_area.setdefault(effect.area, []).append(rule)
    areas = [term.id for term in fired.ruleset.scales.foci if term.id in by_area]
    return tuple(
        _problem_area(area, by_area[area], fired, proposed=rank < PROPOSED_AREAS) for rank, area in enumerate(areas)
    )


def _problem_area(area: str, rules: list[Rule], fired: FiredRules, *, proposed: bool) -> ProblemArea:
    facts = {name: value for rule in rules for name, value in answers_behind(rule, fired).items()}
    return ProblemArea(area, proposed, _joined(rules), facts)


def formats(fired: FiredRules) -> tuple[FormatStance, ...]:
    """The formats that a fired rule calls suited or unsuited, in the order of the scale. Unsuited wins over suited.

    A format with a condition (``FormatTerm.suited_only_when``) is called suited only if that is known to hold.
    """
    suited: dict[str, list[Rule]] = {}
    unsuited: dict[str, list[Rule]] = {}
    for rule, effect in fired.effects(Format):
        (suited if effect.suited else unsuited).setdefault(effect.format, []).append(rule)
    return tuple(
        FormatStance(term.id, "unsuited", _joined(unsuited[term.id]))
        if term.id in unsuited
        else FormatStance(term.id, "suited", _joined(suited[term.id]))
        for term in fired.ruleset.scales.formats
        if term.id in unsuited or (term.id in suited and _may_be_suited(term, fired))
    )


def _may_be_suited(format_: FormatTerm, fired: FiredRules) -> bool:
    return not format_.suited_only_when or _holds(format_.suited_only_when, fired)


class _Offer(NamedTuple):
    """One rule's offer of a therapy. The first four attributes are its rank: the lowest is the best offer."""

    beside: bool
    other_problem: bool
    certainty: int
    therapy: int
    rule: Rule
    effect: Alternative


def alternatives(fired: FiredRules) -> tuple[OfferedTherapy, ...]:
    """The therapies to offer: first, beside and more. Within each, those for the leading problem come first.

    Then they are sorted by certainty. Each therapy is offered once, by its best offer, and not at all where the answers
    rule it out (``Therapy.not_offered_when``).
    """
    best: dict[str, _Offer] = {}
    offers = sorted(_offers(fired), key=lambda offer: (*offer[:4], offer.rule.id))
    for offer in offers:
        best.setdefault(offer.effect.therapy, offer)
    return tuple(_in_order(_offered(offer, offers, fired) for offer in best.values()))


def _offers(fired: FiredRules) -> Iterator[_Offer]:
    scales = fired.ruleset.scales
    about: frozenset[str] | None = None
    for rule, effect in fired.effects(Alternative):
        place, therapy = scales.therapy_by_id[effect.therapy]
        if _holds(therapy.not_offered_when, fired):
            continue
        if about is None:
            about = targets_of_problem(fired.ruleset, fired.answers)
        other = bool(about) and about.isdisjoint(effect.targets)
        yield _Offer(effect.offer == "beside", other, _certainty_rank(rule, fired.ruleset), place, rule, effect)


def _holds(conjunctions: Iterable[Conjunction], fired: FiredRules) -> bool:
    """Say whether any of the conjunctions is known to hold."""
    return any(fired.all_hold(conjunction) for conjunction in conjunctions)


def _certainty_rank(rule: Rule, ruleset: RuleSet) -> int:
    """The rank of the highest certainty of the rule's supports and limits, 0 for the highest; the last if none."""
    supports = {effect.certainty for _, effect in ruleset.effects(Supports, (rule,))}
    certainties = supports | {effect.certainty for _, effect in ruleset.effects(Limits, (rule,))}
    order = [term.id for term in ruleset.scales.certainties]
    return min((order.index(certainty) for certainty in certainties if certainty is not None), default=len(order))


def _offered(offer: _Offer, offers: Iterable[_Offer], fired: FiredRules) -> OfferedTherapy:
    """A therapy by its best offer, for the targets of all its offers of the same kind."""
    effect = offer.effect
    alike = [other.effect for other in offers if other.effect.therapy == effect.therapy]
    named = {target for alternative in alike if alternative.offer == effect.offer for target in alternative.targets}
    targets = tuple(target for target in fired.ruleset.targets if target in named)
    because = _why(offer, fired)
    return OfferedTherapy(effect.therapy, effect.offer, targets, because, citations(offer.rule.sources))


def _why(offer: _Offer, fired: FiredRules) -> str:
    """Say why the therapy is offered for this referral: its own sentence, and the answers that made it so.

    Neutral answers are left out: that something is absent is in the sentence, where it matters.
    """
    if not offer.effect.because:
        return offer.rule.because
    facts = (fired.ruleset.vocabulary[name] for name in answers_behind(offer.rule, fired))
    answers = [
        f"{in_sentence(fact.title)} ({in_sentence(fact.label_of(fired.answers[fact.name]))})"
        for fact in facts
        if fired.answers[fact.name] != fact.neutral
    ]
    return f"{offer.effect.because} Because of: {', '.join(answers)}." if answers else offer.effect.because


def _in_order(offered: Iterable[OfferedTherapy]) -> Iterator[OfferedTherapy]:
    """The therapies offered first, those offered beside, and those of both beyond ``MOST_OF_AN_OFFER``."""
    by_offer: dict[Literal["first", "beside", "more"], list[OfferedTherapy]] = {"first": [], "beside": [], "more": []}
    for therapy in offered:
        by_offer[therapy.offer if len(by_offer[therapy.offer]) < MOST_OF_AN_OFFER else "more"].append(therapy)
    for offer, therapies in by_offer.items():
        yield from (replace(therapy, offer=offer) for therapy in therapies)


def comparison(fired: FiredRules) -> Comparison:
    """The arguments for each of the two therapies for this referral, from fired rules with advice."""
    points: dict[Compared, list[TieBreaker]] = {therapy: [] for therapy in get_args(Compared)}
    for rule, effect in fired.effects(Advice):
        if effect.favours is not None:
            points[effect.favours].append(TieBreaker(rule.id, rule.title, rule.because))
    return Comparison(**{therapy: tuple(reasons) for therapy, reasons in points.items()})


def _joined(rules: Iterable[Rule]) -> str:
    return " ".join(dict.fromkeys(rule.because for rule in rules))
