"""Why: the reasons of an answer, one for each rule that fired and those that the way of deciding adds."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from typing import Any, assert_never

from msgspec.structs import replace

from triage.answer.actions import fill
from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Citation, GivenAnswer, Reason
from triage.model.rule import (
    Advice,
    Alternative,
    Derives,
    Effect,
    Focus,
    Format,
    Limits,
    Rule,
    SourceRef,
    Supports,
    Urgency,
    effect_name,
)
from triage.model.ruleset import RuleSet
from triage.model.scales import BuiltInReason, Scales
from triage.reading.referral import as_json

_EFFECTS = ("urgency", "limits", "supports", "derives", "focus", "format", "alternative", "advice")
_EFFECT_RANK = {effect: rank for rank, effect in enumerate(_EFFECTS)}
_SortKey = tuple[int, int, str]


class Reasons:
    """Gives the reasons of answers. What is the same in every answer is made once, with the deployment's words."""

    def __init__(self, ruleset: RuleSet, words: Mapping[str, str]) -> None:
        self.ruleset = ruleset
        self._words = words

    @cached_property
    def _of_rules(self) -> Mapping[str, tuple[_SortKey, Reason]]:
        """Each rule's reason without the answers behind it, and its place among others."""
        reasons = {rule.id: _of_rule(rule, self._words) for rule in self.ruleset.rules}
        return {id_: (_sort_key(reason, self.ruleset.scales), reason) for id_, reason in reasons.items()}

    @cached_property
    def _built_in(self) -> Mapping[str, tuple[_SortKey, Reason]]:
        """Each built-in reason with its sentence not filled in yet, and its place among others."""
        reasons = {id_: _of_deciding(built_in) for id_, built_in in self.ruleset.scales.built_in.items()}
        return {id_: (_sort_key(reason, self.ruleset.scales), reason) for id_, reason in reasons.items()}

    def of(self, fired: FiredRules, verdict: Verdict) -> tuple[Reason, ...]:
        """The reasons, in the answer's order: by effect, within it the most decisive value first, then by id."""
        keyed = []
        for rule in fired.rules:
            key, reason = self._of_rules[rule.id]
            keyed.append((key, replace(reason, facts=answers_behind(rule, fired))))
        for id_ in verdict.built_in:
            key, reason = self._built_in[id_]
            keyed.append((key, replace(reason, because=fill(reason.because, self._of_verdict(verdict)))))
        keyed.sort(key=lambda each: each[0])
        return tuple(reason for _, reason in keyed)

    def _of_verdict(self, verdict: Verdict) -> dict[str, str]:
        """The words that the sentence of a built-in reason may name."""
        questions = "; ".join(self.ruleset.vocabulary[name].question for name in verdict.missing)
        level = self.ruleset.scales.urgency(verdict.level).label
        return {"missing": questions, "level": level, "rating": verdict.rating}


def answers_behind(rule: Rule, fired: FiredRules) -> dict[str, GivenAnswer]:
    """The answers that made a rule fire: those that its alternatives that hold read, and those its ``unless`` read."""
    vocabulary, answers = fired.ruleset.vocabulary, fired.answers
    holding = rule.when
    if len(holding) > 1:
        holding = tuple(each for each in holding if all(vocabulary.truth(c, answers, fired.asked) for c in each))
    behind: dict[str, GivenAnswer] = {}
    for condition in (*(each for conjunction in holding for each in conjunction), *rule.unless):
        name = condition.fact
        value = answers.get(name)
        if value is not None and name not in behind:
            behind[name] = as_json(value, vocabulary[name]) if isinstance(value, frozenset) else value
    return behind


def citations(sources: Iterable[SourceRef]) -> tuple[Citation, ...]:
    """Sources as the answer gives them."""
    return tuple(Citation(source.id, source.claim or None, source.finding or None) for source in sources)


def _of_rule(rule: Rule, words: Mapping[str, str]) -> Reason:
    return Reason(
        rule=rule.id,
        effect=effect_name(rule.effect),
        value=_value(rule.effect),
        title=rule.title,
        because=rule.because,
        certainty=rule.effect.certainty if isinstance(rule.effect, Supports | Limits) else None,
        facts={},
        sources=citations(rule.sources),
        **_of_effect(rule.effect, words),
    )


def _of_effect(effect: Effect, words: Mapping[str, str]) -> dict[str, Any]:
    """What a reason says of its effect beyond the value."""
    match effect:
        case Supports(targets=targets, role=role):
            return {"for_": targets, "role": role}
        case Limits(role=role_, until=until):
            return {"role": role_, "until": until}
        case Urgency(action=action):
            return {"action": fill(action, words)}
        case Derives(fact=fact):
            return {"fact": fact}
        case Format(suited=suited):
            return {"stance": "suited" if suited else "unsuited"}
        case Advice(topic=topic, favours=favours):
            return {"topic": topic, "favours": favours}
        case Focus() | Alternative():
            return {}
    assert_never(effect)


def _of_deciding(built_in: BuiltInReason) -> Reason:
    return Reason(
        rule=built_in.id,
        effect=built_in.effect,
        value=built_in.value,
        title=built_in.title,
        because=built_in.because,
        certainty=None,
        facts={},
        sources=citations(built_in.sources),
    )


def _value(effect: Effect) -> str | None:
    match effect:
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
    assert_never(effect)


def _sort_key(reason: Reason, scales: Scales) -> _SortKey:
    """By effect; within it the highest urgency, the lowest limit and the highest support first; then by id."""
    return _EFFECT_RANK[reason.effect], _value_rank(reason, scales), reason.rule


def _value_rank(reason: Reason, scales: Scales) -> int:
    if reason.value is None:
        return 0
    match reason.effect:
        case "urgency":
            return -scales.urgency_rank(reason.value)
        case "limits":
            return scales.rating_rank(reason.value)
        case "supports":
            return -scales.rating_rank(reason.value)
        case "focus":
            return next((rank for rank, term in enumerate(scales.foci) if term.id == reason.value), 0)
        case "format":
            return next((rank for rank, term in enumerate(scales.formats) if term.id == reason.value), 0)
    return 0
