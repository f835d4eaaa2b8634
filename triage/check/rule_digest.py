"""The meaning of a rule without its words: a canonical form, and its digest for the lock file."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from typing import Any

from triage.model.rule import Advice, Alternative, Condition, Conjunction, Effect, Limits, Rule, Urgency, effect_name


def canonical(rule: Rule) -> dict[str, Any]:
    """Give a rule's meaning as plain data: conditions and the deciding part of effects, without order."""
    return {
        **_asked(rule),
        "then": sorted(
            ([effect_name(effect), _deciding_part(effect, rule)] for effect in rule.effects),
            key=lambda effect: json.dumps(effect, sort_keys=True),
        ),
        "status": rule.status,
    }


def meaning_digest(rule: Rule) -> str:
    """Digest a rule's meaning, which rewording does not change."""
    return digest(canonical(rule))


def asked_digest(rule: Rule) -> str:
    """Digest a rule's conditions, without its effects."""
    return digest(_asked(rule))


def _asked(rule: Rule) -> dict[str, Any]:
    return {"when": sorted(map(conjunction_text, rule.when)), "unless": conjunction_text(rule.unless)}


def digest(data: Any) -> str:
    """Digest plain data, whatever the order of its keys."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


def _deciding_part(effect: Effect, rule: Rule) -> dict[str, Any]:
    match effect:
        case Alternative(therapy=therapy, offer=offer, targets=targets):
            return {"therapy": therapy, "offer": offer, "targets": targets}
        case Urgency(level=level, danger=danger, action=action, covers=covers):
            return {"level": level, "danger": danger, "covers": sorted(covers), "also": sorted(action.also)}
        case Limits(to=to, targets=targets, certainty=certainty, role=role):
            return {"to": to, "for": sorted(targets), "certainty": certainty, "role": role}
        case Advice(topic=topic, favours=favours):
            return {"topic": topic, "favours": favours, "because": rule.because}
        case _:
            return dataclasses.asdict(effect)


def conjunction_text(conjunction: Conjunction) -> list[str]:
    """Write conditions as sorted texts."""
    return sorted(map(_condition, conjunction))


def _condition(condition: Condition) -> str:
    parts = dataclasses.asdict(condition)
    plain = {name: sorted(value) if isinstance(value, frozenset) else value for name, value in parts.items()}
    return type(condition).__name__ + json.dumps(plain, sort_keys=True)
