"""The reasons of an answer: one for each effect of the fired rules, and the built-in reasons of the decision."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from operator import itemgetter

from msgspec.structs import replace

from triage.answer.actions import fill
from triage.answer.decide import Verdict
from triage.answer.fired_rules import FiredRules
from triage.answer.model import Citation, GivenAnswer, Reason
from triage.model.rule import Advice, Derives, Effect, Limits, Rule, SourceRef, Supports, Urgency, effect_name
from triage.model.ruleset import RuleSet
from triage.model.scales import CORE_UNANSWERED, BuiltInReason
from triage.model.text import in_sentence
from triage.reading.referral import as_json

_EFFECTS = ("urgency", "limits", "supports", "derives", "advice")
_EFFECT_RANK = {effect: rank for rank, effect in enumerate(_EFFECTS)}
_SortKey = tuple[int, bool, int, str, int]
_SortKeys = tuple[_SortKey, _SortKey]


class Reasons:
    """Makes the reasons of answers. The parts that are the same in every answer are cached."""

    def __init__(self, ruleset: RuleSet, words: Mapping[str, str]) -> None:
        self.ruleset = ruleset
        self._words = words
        self._place = {target: place for place, target in enumerate(ruleset.targets)}

    @cached_property
    def _of_rules(self) -> Mapping[str, tuple[tuple[Reason, _SortKeys], ...]]:
        """The reasons of each rule, without the answers behind them."""
        return {
            rule.id: tuple((reason, self._sort_keys(reason)) for reason in _of_rule(rule))
            for rule in self.ruleset.rules
        }

    @cached_property
    def _built_in(self) -> Mapping[str, Reason]:
        """Each built-in reason, with placeholders not yet filled."""
        return {id_: _of_deciding(built_in) for id_, built_in in self.ruleset.scales.built_in.items()}

    def of(self, fired: FiredRules, verdict: Verdict) -> tuple[Reason, ...]:
        """The reasons, sorted by effect, then those that decide first, then by value, then by id."""
        deciding = _Deciding(fired, verdict)
        reasons = [*self._of_fired(fired, deciding), *self._of_verdict(fired, verdict, deciding)]
        return tuple(reason for _, reason in sorted(reasons, key=itemgetter(0)))

    def _of_fired(self, fired: FiredRules, deciding: _Deciding) -> Iterator[tuple[_SortKey, Reason]]:
        """The reasons of the fired rules, without covered urgencies and supports that do not count."""
        silenced = fired.standing.silenced
        for rule in fired.rules:
            reasons = self._of_rules[rule.id]
            facts = answers_behind(rule, fired) if reasons else {}
            for reason, keys in reasons:
                if reason.target in silenced or (reason.effect == "urgency" and rule.id in fired.covered):
                    continue
                decides = deciding.does(reason)
                yield keys[decides], replace(reason, facts=facts, decides=decides)

    def _of_verdict(
        self, fired: FiredRules, verdict: Verdict, deciding: _Deciding
    ) -> Iterator[tuple[_SortKey, Reason]]:
        """The built-in reasons, with placeholders filled."""
        for id_ in verdict.built_in:
            reason = self._built_in[id_]
            if id_ == CORE_UNANSWERED:
                reason = replace(reason, value=fired.floors[0].level)
            decides = deciding.does(reason)
            if "{" in reason.because:
                reason = replace(reason, because=fill(reason.because, self._words_of(fired, verdict)))
            yield self._sort_keys(reason)[decides], replace(reason, decides=decides)

    def _words_of(self, fired: FiredRules, verdict: Verdict) -> dict[str, str]:
        """The values for the placeholders of built-in reasons."""
        vocabulary = self.ruleset.vocabulary
        return {
            "missing": "; ".join(in_sentence(vocabulary[name].title) for name in _facts_of_floor(fired)),
            "conditions": _and([in_sentence(vocabulary[name].title) for name in fired.standing.beside]),
            "level": self.ruleset.scales.urgency(verdict.level).label,
            **self._words,
        }

    def _sort_keys(self, reason: Reason) -> _SortKeys:
        """The sort key of a reason on which nothing rests, and that of the same reason where something does."""
        effect, value = _EFFECT_RANK[reason.effect], self._value_rank(reason)
        target = self._place.get(reason.target or "", 0)
        return (effect, True, value, reason.rule, target), (effect, False, value, reason.rule, target)

    def _value_rank(self, reason: Reason) -> int:
        """The sort key of a value: the highest urgency, the lowest limit and the highest support come first."""
        scales = self.ruleset.scales
        match reason.effect, reason.value:
            case "urgency", str(level):
                return -scales.urgency_rank(level)
            case "limits", str(rating):
                return scales.rating_rank(rating)
            case "supports", str(rating):
                return -scales.rating_rank(rating)
        return 0


class _Deciding:
    """Decides which reasons the level and the rating rest on."""

    def __init__(self, fired: FiredRules, verdict: Verdict) -> None:
        so_far = fired.standing
        leading = [target for target in so_far.targets if target.leading]
        self._level = verdict.level
        self._supports = {(rule, target.target) for target in leading for rule in target.supports}
        self._limits = {(rule, target.rating) for target in leading for rule in target.limited_by}
        self._limits |= {(rule, so_far.rating) for rule in so_far.limited_by}

    def does(self, reason: Reason) -> bool:
        """Whether the level or the rating rests on this reason."""
        match reason.effect:
            case "urgency":
                return reason.value in (self._level, None)
            case "supports":
                return (reason.rule, reason.target) in self._supports
            case "limits":
                return (reason.rule, reason.value) in self._limits
        return False


def _facts_of_floor(fired: FiredRules) -> tuple[str, ...]:
    """The unanswered facts of the highest floor that applies."""
    return fired.floors[0].facts if fired.floors else ()


def answers_behind(rule: Rule, fired: FiredRules) -> dict[str, GivenAnswer]:
    """The answers that made a rule fire, by fact: those read by the first of its alternatives that holds."""
    facts, answers = fired.ruleset.vocabulary.facts, fired.answers
    read = rule.read_by_alternatives[fired.held[rule.id]]
    return {
        name: as_json(value, facts[name]) if isinstance(value := answers[name], frozenset) else value for name in read
    }


def citations(sources: Iterable[SourceRef]) -> tuple[Citation, ...]:
    """References to sources in the form that answers have."""
    return tuple(Citation(source.id, source.claim or None, source.finding or None) for source in sources)


def _of_rule(rule: Rule) -> Iterator[Reason]:
    """A reason for each effect that gives one; for a support, one for each target.

    Advice gives one reason only, and none beside other effects: all reasons of a rule have the same sentence.
    """
    others = [effect for effect in rule.effects if not isinstance(effect, Advice)]
    advice = [effect for effect in rule.effects if isinstance(effect, Advice)]
    has_other = any(True for effect in others for _ in _said(effect))
    for effect in others if has_other else (*others, *advice[:1]):
        for value, target, certainty in _said(effect):
            yield Reason(
                rule=rule.id,
                effect=effect_name(effect),
                value=value,
                target=target,
                title=rule.title,
                because=rule.because,
                certainty=certainty,
                decides=False,
                facts={},
                sources=citations(rule.sources),
            )


def _said(effect: Effect) -> Iterator[tuple[str | None, str | None, str | None]]:
    """Value, target and certainty of each reason of an effect. Problem areas, formats and therapies give none."""
    match effect:
        case Supports(rating=rating, targets=targets, certainty=certainty):
            yield from ((rating, target, certainty) for target in targets)
        case Limits(to=to, certainty=of_limit):
            yield to, None, of_limit
        case Urgency(level=level):
            yield level, None, None
        case Derives(value=value):
            yield value, None, None
        case Advice():
            yield None, None, None


def _of_deciding(built_in: BuiltInReason) -> Reason:
    return Reason(
        rule=built_in.id,
        effect=built_in.effect,
        value=built_in.value,
        target=None,
        title=built_in.title,
        because=built_in.because,
        certainty=None,
        decides=False,
        facts={},
        sources=citations(built_in.sources),
    )


def _and(names: list[str]) -> str:
    """The names as a list in a sentence: "a", "a and b", "a, b and c"."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:])))
