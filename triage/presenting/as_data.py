"""The rule set as plain data: what the API and the pages show of facts, rules, sources and the whole."""

from __future__ import annotations

from collections import Counter
from pathlib import PurePosixPath
from typing import Any

from msgspec import to_builtins

from triage.answer.model import Citation
from triage.answer.reasons import citations
from triage.model.fact import Fact
from triage.model.rule import Between, Condition, Conjunction, Empty, Includes, OneOf, Rule, effect_name
from triage.model.ruleset import RuleSet, Source
from triage.model.vocabulary import Vocabulary
from triage.presenting.words import answer_in_words, condition_in_words, conjunction_in_words, effect_in_words
from triage.reading.referral import as_json


def describe_fact(fact: Fact, vocabulary: Vocabulary) -> dict[str, Any]:
    """One fact: type, answers, when it is asked and core, question and help."""
    found: dict[str, Any] = {"name": fact.name, "title": fact.title, "type": fact.type, "group": fact.group}
    if fact.is_integer:
        found |= {"min": fact.minimum, "max": fact.maximum, "unit": fact.unit or None}
    else:
        found["values"] = [{"id": name, "label": each.label, "help": each.help} for name, each in fact.labels.items()]
        found["ordered"] = fact.ordered
    neutral = fact.neutral
    return found | {
        "neutral": None if neutral is None else as_json(neutral, fact),
        "core_safety": _core(fact),
        "asked_when": [_data(each) for each in fact.asked_when] or None,
        "asked_when_in_words": [conjunction_in_words(each, vocabulary) for each in fact.asked_when] or None,
        "changeable": fact.changeable,
        "question": fact.question,
        "help": fact.help,
        "codes": dict(fact.codes),
    }


def _core(fact: Fact) -> Any:
    match fact.core.kind:
        case "unless":
            return {"unless": _data(fact.core.unless)}
        case "given":
            return {"given": fact.core.given}
        case kind:
            return kind == "always"


def _data(conjunction: Conjunction) -> dict[str, Any]:
    return {condition.fact: _test(condition) for condition in conjunction}


def _test(condition: Condition) -> Any:
    match condition:
        case OneOf(values=values):
            return sorted(values)
        case Between(low=low, high=high):
            return {"at_least": low, "at_most": high}
        case Includes(members=members):
            return {"includes_any": sorted(members)}
        case Empty(empty=empty):
            return {"empty": empty}


def describe_rule(rule: Rule, ruleset: RuleSet) -> dict[str, Any]:
    """One rule: conditions as data and in words, effect, reason, sources, limits, examples, review."""
    vocabulary = ruleset.vocabulary
    return {
        "id": rule.id,
        "title": rule.title,
        "status": rule.status,
        "folder": folder_of(rule),
        "effect": effect_name(rule.effect),
        "when": [_data(each) for each in rule.when],
        "unless": _data(rule.unless) or None,
        "when_in_words": [conjunction_in_words(each, vocabulary) for each in rule.when],
        "unless_in_words": [condition_in_words(each, vocabulary) for each in rule.unless],
        "effect_in_words": effect_in_words(rule, ruleset),
        "because": rule.because,
        "sources": [_cited(each, ruleset) for each in citations(rule.sources)],
        "evidence": list(rule.evidence),
        "not_covered": list(rule.not_covered),
        "covered_by": rule.covered_by,
        "examples": [
            {
                "name": each.name,
                "given": {name: as_json(value, vocabulary[name]) for name, value in each.given.items()},
                "given_in_words": [answer_in_words(vocabulary[name], value) for name, value in each.given.items()],
                "fires": "unknown" if each.fires is None else each.fires,
            }
            for each in rule.examples
        ],
        "author": rule.author or ruleset.about.get("author"),
        "review": {"by": rule.reviewed_by, "on": rule.reviewed_on},
        "awaiting_review": rule.reviewed_by is None,
        "attributes": dict(rule.attributes),
    }


def folder_of(rule: Rule) -> str:
    """The folder of the rule set that holds the rule's file."""
    return PurePosixPath(rule.place.file).parent.name


def _cited(citation: Citation, ruleset: RuleSet) -> dict[str, Any]:
    source = ruleset.sources[citation.id]
    return {**to_builtins(citation), "kind": source.kind, "verified": source.verified, "citation": source.citation}


def describe_source(source: Source, ruleset: RuleSet) -> dict[str, Any]:
    """One source, and the rules that cite it."""
    citing = [rule.id for rule in ruleset.all_rules if any(ref.id == source.id for ref in rule.sources)]
    return {
        "id": source.id,
        "citation": source.citation,
        "kind": source.kind,
        "verified": source.verified,
        "address": source.address,
        "note": source.note or None,
        "claims": dict(source.claims) or None,
        "rules": citing,
    }


def describe_ruleset(ruleset: RuleSet) -> dict[str, Any]:
    """The rule set about itself, as its own file says, with its digest and what it holds."""
    about = {name: value for name, value in ruleset.about.items() if name != "lock"}
    effects = Counter(effect_name(rule.effect) for rule in ruleset.rules)
    reviewed = sum(rule.reviewed_by is not None for rule in ruleset.rules)
    return about | {
        "digest": ruleset.digest,
        "rules": {"running": len(ruleset.rules), "reviewed": reviewed, "by_effect": dict(sorted(effects.items()))},
        "facts": len(ruleset.vocabulary.facts),
        "sources": len(ruleset.sources),
    }
