"""What the rules that fired offer: problem areas, formats, other therapies, and points for and against two of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from triage.answer.fired_rules import FiredRules
from triage.answer.model import Comparison, FormatStance, OfferedTherapy, ProblemArea, TieBreaker
from triage.answer.reasons import answers_behind, citations
from triage.model.rule import Advice, Alternative, Effect, Focus, Format, Rule

PROPOSED_AREAS = 2


def problem_areas(fired: FiredRules) -> tuple[ProblemArea, ...]:
    """The problem areas, in the order of the scale; the first two are proposed."""
    by_area = _grouped(fired, lambda effect: effect.area if isinstance(effect, Focus) else None)
    areas = [term.id for term in fired.ruleset.scales.foci if term.id in by_area]
    return tuple(
        _problem_area(area, by_area[area], fired, proposed=rank < PROPOSED_AREAS) for rank, area in enumerate(areas)
    )


def _problem_area(area: str, rules: list[Rule], fired: FiredRules, *, proposed: bool) -> ProblemArea:
    facts = {name: value for rule in rules for name, value in answers_behind(rule, fired).items()}
    return ProblemArea(area, proposed, _joined(rules), facts, _ids(rules))


def formats(fired: FiredRules) -> tuple[FormatStance, ...]:
    """The formats that a rule speaks of, in the order of the scale; unsuited wins over suited."""
    by_format = _grouped(fired, lambda effect: effect.format if isinstance(effect, Format) else None)
    return tuple(
        _format_stance(term.id, by_format[term.id]) for term in fired.ruleset.scales.formats if term.id in by_format
    )


def _format_stance(format_: str, rules: list[Rule]) -> FormatStance:
    against = [rule for rule in rules if isinstance(rule.effect, Format) and not rule.effect.suited]
    if against:
        return FormatStance(format_, "unsuited", _joined(against), _ids(against))
    return FormatStance(format_, "suited", _joined(rules), _ids(rules))


def alternatives(fired: FiredRules) -> tuple[OfferedTherapy, ...]:
    """The therapies to offer, those to offer first at the head, each with all its reasons."""
    by_therapy = _grouped(fired, lambda effect: effect.therapy if isinstance(effect, Alternative) else None)
    offered = [_offered(therapy, rules) for therapy, rules in by_therapy.items()]
    return tuple(sorted(offered, key=lambda each: (not each.first, each.therapy)))


def _offered(therapy: str, rules: list[Rule]) -> OfferedTherapy:
    first = any(isinstance(rule.effect, Alternative) and rule.effect.first for rule in rules)
    sources = dict.fromkeys(source for rule in rules for source in citations(rule.sources))
    return OfferedTherapy(therapy, first, _joined(rules), tuple(sources), _ids(rules))


def comparison(fired: FiredRules) -> Comparison:
    """What speaks for each of the two therapies for this referral: weak tie-breakers."""
    points: dict[str, list[TieBreaker]] = {"ipt": [], "cbt": []}
    for rule in fired.rules:
        if isinstance(rule.effect, Advice) and rule.effect.favours is not None:
            points[rule.effect.favours].append(TieBreaker(rule.id, rule.title, rule.because))
    return Comparison(ipt=tuple(points["ipt"]), cbt=tuple(points["cbt"]))


def _grouped(fired: FiredRules, key: Callable[[Effect], str | None]) -> dict[str, list[Rule]]:
    groups: dict[str, list[Rule]] = {}
    for rule in fired.rules:
        name = key(rule.effect)
        if name is not None:
            groups.setdefault(name, []).append(rule)
    return groups


def _joined(rules: Iterable[Rule]) -> str:
    return " ".join(dict.fromkeys(rule.because for rule in rules))


def _ids(rules: Iterable[Rule]) -> tuple[str, ...]:
    return tuple(rule.id for rule in rules)
