"""A whole rule as plain text, from the description that the pages and the document show."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.rule import Rule
from triage.model.ruleset import RuleSet
from triage.presenting.as_data import describe_rule
from triage.presenting.descriptions import CitedSource, RuleDescription

_FIRES = {True: "fires", False: "does not fire", "unknown": "unknown"}


def rule_in_words(rule: Rule, ruleset: RuleSet) -> str:
    """A rule as plain text: conditions, effects, action, reason, sources, limits, examples, review."""
    described = describe_rule(rule, ruleset)
    return "\n".join(_lines(described, ruleset))


def _lines(rule: RuleDescription, ruleset: RuleSet) -> Iterator[str]:
    yield f"{rule.title}  ({rule.id}, {rule.status})"
    yield ""
    for number, conjunction in enumerate(rule.when_in_words):
        yield ("or when " if number else "When ") + conjunction
    yield from (f"unless {condition}" for condition in rule.unless_in_words)
    yield from ("", *rule.effects_in_words, *(f"  {line}" for line in rule.action_in_words), "", rule.because)
    yield from ("", "Sources", *(f"  {_source(source, ruleset)}" for source in rule.sources))
    if rule.not_covered:
        yield from ("", "Not covered", *(f"  {limit}" for limit in rule.not_covered))
    yield from ("", "Examples", *(f"  {example.name}: {_FIRES[example.fires]}" for example in rule.examples), "")
    yield "Awaiting clinical review." if rule.awaiting_review else f"Reviewed by {rule.review.by} on {rule.review.on}."


def _source(cited: CitedSource, ruleset: RuleSet) -> str:
    detail = ""
    if cited.claim:
        claims = ruleset.source(cited.id).claims
        detail = f" {cited.claim}: {claims[cited.claim]}" if cited.claim in claims else f" {cited.claim}"
    elif cited.finding:
        detail = f" {cited.finding}"
    return f"{cited.citation}{'' if cited.verified else ' [not verified]'}{detail}"
