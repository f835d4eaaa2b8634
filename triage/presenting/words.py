"""Rules in words: conditions, effects and actions as a clinician would read them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import assert_never

from triage.model.fact import Fact
from triage.model.rule import (
    Advice,
    Alternative,
    Between,
    Condition,
    Conjunction,
    Derives,
    Effect,
    Empty,
    Focus,
    Format,
    Includes,
    Limits,
    OneOf,
    Rule,
    Supports,
    Urgency,
    Value,
)
from triage.model.ruleset import RuleSet
from triage.model.text import in_sentence
from triage.model.vocabulary import Vocabulary
from triage.presenting.labels import Labels, answer_label, with_unit

STANDING = (
    "Decision support for clinicians: no diagnosis, no prediction. "
    "It has not been assessed or cleared as a medical device anywhere."
)
"""What this is and is not, as every answer that a person reads says it."""


def condition_in_words(condition: Condition, vocabulary: Vocabulary) -> str:
    """One condition in words."""
    fact = vocabulary[condition.fact]
    subject = in_sentence(fact.title)
    match condition:
        case OneOf(values=values):
            labels = [fact.labels[value].label for value in fact.values if value in values]
            if fact.ordered and len(values) > 1 and frozenset(fact.values[-len(values) :]) == values:
                return f"{subject}: “{labels[0]}” or more serious"
            return f"{subject}: {' or '.join(_quoted(label) for label in labels)}"
        case Between(low=low, high=high) if low == high:
            return f"{subject}: {with_unit(str(low), fact)}"
        case Between(low=low, high=high) if high == fact.maximum:
            return f"{subject}: {with_unit(str(low), fact)} or more"
        case Between(low=low, high=high) if low == fact.minimum:
            return f"{subject}: {with_unit(str(high), fact)} or less"
        case Between(low=low, high=high):
            return f"{subject}: {with_unit(f'{low} to {high}', fact)}"
        case Includes(members=members):
            labels = [_quoted(fact.labels[value].label) for value in fact.values if value in members]
            return f"{subject}: includes {' or '.join(labels)}"
        case Empty(empty=empty):
            return f"{subject}: {'none' if empty else 'at least one'}"
    assert_never(condition)


def _quoted(label: str) -> str:
    """A label as part of a sentence: one word in lower case, more of them in quotation marks."""
    return f"“{label}”" if " " in label else in_sentence(label)


def answer_in_words(fact: Fact, value: Value) -> str:
    """An answer with the name of its question, in words."""
    return f"{in_sentence(fact.title)}: {answer_label(fact, value)}"


def conjunction_in_words(conjunction: Conjunction, vocabulary: Vocabulary) -> str:
    """Conditions that must all hold, in words."""
    return "; and ".join(condition_in_words(condition, vocabulary) for condition in conjunction)


def effects_in_words(rule: Rule, ruleset: RuleSet) -> tuple[str, ...]:
    """What a rule does, in words: a sentence or more for each of its effects, without its action."""
    labels = Labels(ruleset)
    titles = {id_: named.title for id_, named in ruleset.by_id.items()}
    return tuple(_effect_in_words(effect, labels, titles) for effect in rule.effects)


def _effect_in_words(effect: Effect, labels: Labels, titles: Mapping[str, str]) -> str:
    match effect:
        case Supports(rating=rating, targets=targets, role=role, certainty=certainty):
            return (
                f"Supports a rating up to “{labels.term(rating)}”{labels.purpose(targets)}; "
                f"role: {labels.term_in_sentence(role)}; certainty of evidence {labels.term_in_sentence(certainty)}."
            )
        case Limits():
            return _limit_in_words(effect, labels)
        case Urgency():
            return _urgency_in_words(effect, labels, titles)
        case Derives(fact=fact, value=value):
            return f"Takes {labels.fact(fact)} to be {in_sentence(labels.answer(fact, value))} while it is unanswered."
        case Focus(area=area):
            return f"Proposes the problem area “{labels.term(area)}”."
        case Format(format=format_, suited=suited):
            return f"{labels.term(format_)}: {'suited' if suited else 'not suited'}."
        case Alternative(therapy=therapy, offer=offer, targets=targets, because=because):
            how = "first" if offer == "first" else "as well"
            offered = f"{labels.term(therapy)}: to be offered {how}{labels.purpose(targets)}."
            return f"{offered} {because}".rstrip()
        case Advice(favours=str(favoured)):
            return f"Speaks for {favoured.upper()} in the comparison of IPT and CBT."
        case Advice(topic=topic):
            return f"Advice on {topic}."
    assert_never(effect)


def _limit_in_words(limit: Limits, labels: Labels) -> str:
    as_role = f"; role: {labels.term_in_sentence(limit.role)}" if limit.role else ""
    sure = f"; certainty of evidence {labels.term_in_sentence(limit.certainty)}" if limit.certainty else ""
    for_now = f" For now only: until {limit.until}." if limit.until else ""
    adults = f" For adults only: {limit.adults_only.because}" if limit.adults_only else ""
    held = f"the rating{labels.purpose(limit.targets)} at “{labels.term(limit.to)}”"
    return f"Holds {held} or lower{as_role}{sure}.{for_now}{adults}"


def _urgency_in_words(urgency: Urgency, labels: Labels, titles: Mapping[str, str]) -> str:
    danger = f" ({labels.term_in_sentence(urgency.danger)})" if urgency.danger else ""
    covered = [f"“{titles.get(id_, id_)}”" for id_ in urgency.covers]
    covers = f" Takes the place of {', '.join(covered)}." if covered else ""
    return f"Urgency at least “{labels.term(urgency.level)}”{danger}.{covers}"


def action_in_words(rule: Rule, ruleset: RuleSet) -> tuple[str, ...]:
    """What a coordinator does where the rule fires, line by line; nothing where it calls for nothing."""
    if rule.urgency is None:
        return ()
    action = rule.urgency.action
    by_id = {line.id: line for line in ruleset.scales.lines}
    also = [by_id[id_] for id_ in action.also]
    lines = (
        *((("First", action.first),) if action.first else ()),
        *(("Do", text) for text in action.do),
        *(("Ask", text) for text in action.ask),
        *(("Never" if line.kind == "never" else "Also", line.text) for line in also),
        *(("Afterwards", text) for text in action.more),
    )
    return tuple(f"{kind}: {without_placeholders(text)}" for kind, text in lines)


PLACEHOLDERS = {
    "crisis_line": "the crisis line",
    "emergency_number": "the emergency number",
    "service_name": "the service",
}
"""What a rule's text names and a deployment sets, in words that hold for every deployment."""


def without_placeholders(text: str) -> str:
    """A rule's text as it reads apart from any deployment."""
    for name, words in PLACEHOLDERS.items():
        text = text.replace("{" + name + "}", words)
    return text
