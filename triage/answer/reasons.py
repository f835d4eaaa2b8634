"""Why: the reasons of an answer, and the focus, formats, alternatives and comparison that its fired rules give."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, assert_never

from triage.model.rule import (
    Advice,
    Alternative,
    Answers,
    Derives,
    Focus,
    Format,
    Limits,
    Rule,
    SourceRef,
    Supports,
    Truth,
    Urgency,
    effect_name,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import BuiltInReason
from triage.model.vocabulary import Vocabulary
from triage.reading.referral import as_json

EFFECT_ORDER = ("urgency", "limits", "supports", "derives", "focus", "format", "alternative", "advice")


class Explainer:
    """Makes the explained parts of an answer from the rules that fired. What never changes is prepared once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset = ruleset
        self._fixed = {rule.id: _fixed_part(rule) for rule in ruleset.rules}
        self._order = {
            rule.id: _sort_key(effect_name(rule.effect), _value(rule), rule.id, ruleset) for rule in ruleset.rules
        }

    def reasons(
        self,
        fired: Iterable[Rule],
        built_in: Iterable[tuple[BuiltInReason, str]],
        answers: Answers,
        asked: Mapping[str, Truth],
    ) -> list[dict[str, Any]]:
        """The reasons, in the answer's order: by effect, within it the most decisive value first, then by id.

        ``built_in`` are the reasons that the way of deciding gives, each with its sentence filled in.
        """
        keyed = [(self._order[rule.id], self._reason(rule, answers, asked)) for rule in fired]
        for reason, because in built_in:
            key = _sort_key(reason.effect, reason.value, reason.id, self.ruleset)
            keyed.append((key, _built_in_part(reason, because)))
        return [reason for _, reason in sorted(keyed, key=lambda each: each[0])]

    def _reason(self, rule: Rule, answers: Answers, asked: Mapping[str, Truth]) -> dict[str, Any]:
        return self._fixed[rule.id] | {"facts": facts_behind(rule, self.ruleset.vocabulary, answers, asked)}

    def focus(self, fired: Iterable[Rule], answers: Answers, asked: Mapping[str, Truth]) -> list[dict[str, Any]]:
        """The problem areas, in the order of deciding; the first two are proposed."""
        by_area = _merged(fired, lambda effect: effect.area if isinstance(effect, Focus) else None)
        order = [term.id for term in self.ruleset.scales.foci if term.id in by_area]
        vocabulary = self.ruleset.vocabulary
        return [
            {
                "area": area,
                "proposed": rank < 2,
                "because": _joined(by_area[area]),
                "facts": {
                    name: value
                    for rule in by_area[area]
                    for name, value in facts_behind(rule, vocabulary, answers, asked).items()
                },
                "rules": [rule.id for rule in by_area[area]],
            }
            for rank, area in enumerate(order)
        ]

    def formats(self, fired: Iterable[Rule]) -> list[dict[str, Any]]:
        """The formats that a rule speaks of; unsuited wins over suited."""
        by_format = _merged(fired, lambda effect: effect.format if isinstance(effect, Format) else None)
        found = []
        for term in self.ruleset.scales.formats:
            rules = by_format.get(term.id, [])
            against = [rule for rule in rules if isinstance(rule.effect, Format) and not rule.effect.suited]
            speaking = against or rules
            if speaking:
                stance = "unsuited" if against else "suited"
                ids = [rule.id for rule in speaking]
                found.append({"format": term.id, "stance": stance, "because": _joined(speaking), "rules": ids})
        return found

    def alternatives(self, fired: Iterable[Rule]) -> list[dict[str, Any]]:
        """The therapies to offer first or beside, those to offer first at the head, each with all its reasons."""
        by_therapy = _merged(fired, lambda effect: effect.therapy if isinstance(effect, Alternative) else None)
        found = []
        for therapy, rules in by_therapy.items():
            first = any(isinstance(rule.effect, Alternative) and rule.effect.first for rule in rules)
            sources = {tuple(each.items()): each for rule in rules for each in source_part(rule.sources)}
            found.append(
                {
                    "therapy": therapy,
                    "first": first,
                    "because": _joined(rules),
                    "sources": list(sources.values()),
                    "rules": [rule.id for rule in rules],
                }
            )
        return sorted(found, key=lambda each: (not each["first"], each["therapy"]))

    def comparison(self, fired: Iterable[Rule]) -> dict[str, list[dict[str, Any]]]:
        """What speaks for each of the two therapies for this referral: weak tie-breakers."""
        found: dict[str, list[dict[str, Any]]] = {"ipt": [], "cbt": []}
        for rule in fired:
            if isinstance(rule.effect, Advice) and rule.effect.favours is not None:
                found[rule.effect.favours].append({"rule": rule.id, "title": rule.title, "because": rule.because})
        return found


def facts_behind(rule: Rule, vocabulary: Vocabulary, answers: Answers, asked: Mapping[str, Truth]) -> dict[str, Any]:
    """The answers that made a rule fire: those that its alternatives that hold read, and those its ``unless`` read.

    ``asked`` says of each detail whether it is asked, as ``Vocabulary.asked_all`` gives it.
    """
    holding = rule.when
    if len(holding) > 1:
        holding = tuple(each for each in holding if all(vocabulary.truth(c, answers, asked) for c in each))
    found: dict[str, Any] = {}
    for condition in (*(each for conjunction in holding for each in conjunction), *rule.unless):
        name = condition.fact
        value = answers.get(name)
        if value is not None and name not in found:
            found[name] = as_json(value, vocabulary[name]) if isinstance(value, frozenset) else value
    return found


def source_part(sources: Iterable[SourceRef]) -> list[dict[str, str]]:
    """Sources as the answer gives them."""
    return [
        {"id": source.id}
        | ({"claim": source.claim} if source.claim else {})
        | ({"finding": source.finding} if source.finding else {})
        for source in sources
    ]


def _fixed_part(rule: Rule) -> dict[str, Any]:
    effect = rule.effect
    part: dict[str, Any] = {
        "rule": rule.id,
        "effect": effect_name(effect),
        "value": _value(rule),
        "title": rule.title,
        "because": rule.because,
        "certainty": effect.certainty if isinstance(effect, Supports | Limits) else None,
        "facts": {},
        "sources": source_part(rule.sources),
    }
    match effect:
        case Supports(targets=targets, role=role):
            part |= {"for": list(targets), "role": role}
        case Limits(role=role, until=until):
            part |= {"role": role, "until": until}
        case Urgency(action=action):
            part |= {"action": action}
        case Derives(fact=fact):
            part |= {"fact": fact}
        case Format(suited=suited):
            part |= {"stance": "suited" if suited else "unsuited"}
        case Advice(topic=topic, favours=favours):
            part |= {"topic": topic, "favours": favours}
        case Focus() | Alternative():
            pass
        case _:
            assert_never(effect)
    return part


def _built_in_part(reason: BuiltInReason, because: str) -> dict[str, Any]:
    return {
        "rule": reason.id,
        "effect": reason.effect,
        "value": reason.value,
        "title": reason.title,
        "because": because,
        "certainty": None,
        "facts": {},
        "sources": source_part(reason.sources),
    }


def _value(rule: Rule) -> str | None:
    match rule.effect:
        case Supports(rating=rating):
            return rating
        case Limits(to=to):
            return to
        case Urgency(level=level):
            return level
        case Derives(value=value):
            return value
        case Focus(area=area):
            return area
        case Format(format=format_):
            return format_
        case Alternative(therapy=therapy):
            return therapy
        case Advice():
            return None


def _sort_key(effect: str, value: str | None, id_: str, ruleset: RuleSet) -> tuple[int, int, str]:
    """By effect; within it the highest urgency, the lowest limit and the highest support first; then by id."""
    scales = ruleset.scales
    rank = 0
    if effect == "urgency" and value is not None:
        rank = -scales.urgency_rank(value)
    elif effect == "limits" and value is not None:
        rank = scales.rating_rank(value)
    elif effect == "supports" and value is not None:
        rank = -scales.rating_rank(value)
    elif effect == "focus":
        rank = next((index for index, term in enumerate(scales.foci) if term.id == value), 0)
    elif effect == "format":
        rank = next((index for index, term in enumerate(scales.formats) if term.id == value), 0)
    return (EFFECT_ORDER.index(effect), rank, id_)


def _merged(fired: Iterable[Rule], key: Any) -> dict[str, list[Rule]]:
    merged: dict[str, list[Rule]] = {}
    for rule in fired:
        name = key(rule.effect)
        if name is not None:
            merged.setdefault(name, []).append(rule)
    return merged


def _joined(rules: Iterable[Rule]) -> str:
    return " ".join(dict.fromkeys(rule.because for rule in rules))


def fill(template: str, words: Mapping[str, str]) -> str:
    """Put settings and values into a template's ``{places}``; a place that has no value stays as it stands."""
    for name, value in words.items():
        template = template.replace("{" + name + "}", value)
    return template
