"""What a rule means, apart from its words: a canonical form, and its digest for the lock file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from triage.model.rule import Advice, Condition, Conjunction, Effect, Limits, Rule, Urgency, effect_name


def canonical(rule: Rule) -> dict[str, Any]:
    """A rule's meaning as plain data: conditions and effects without order, and of effects what decides."""
    return {
        "when": sorted(_conjunction(each) for each in rule.when),
        "unless": _conjunction(rule.unless),
        "then": sorted(
            ([effect_name(effect), _deciding_part(effect, rule)] for effect in rule.effects),
            key=lambda each: json.dumps(each, sort_keys=True),
        ),
        "status": rule.status,
    }


def meaning_digest(rule: Rule) -> str:
    """The digest of a rule's meaning: rewording leaves it as it is."""
    text = json.dumps(canonical(rule), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _deciding_part(effect: Effect, rule: Rule) -> dict[str, Any]:
    match effect:
        case Urgency(level=level, danger=danger, action=action, covers=covers):
            return {"level": level, "danger": danger, "covers": sorted(covers), "also": sorted(action.also)}
        case Limits(to=to, targets=targets, certainty=certainty, role=role):
            return {"to": to, "for": sorted(targets), "certainty": certainty, "role": role}
        case Advice(topic=topic, favours=favours):
            return {"topic": topic, "favours": favours, "because": rule.because}
        case _:
            return dataclasses.asdict(effect)


def _conjunction(conjunction: Conjunction) -> list[str]:
    return sorted(_condition(each) for each in conjunction)


def _condition(condition: Condition) -> str:
    parts = dataclasses.asdict(condition)
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in parts.items()}
    return type(condition).__name__ + json.dumps(plain, sort_keys=True)
