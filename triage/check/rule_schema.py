"""The JSON Schema of rule files: their shape, with the rule set's own facts, values, sources and scales in it.

An editor that knows YAML schemas completes and checks with it while a rule is written. `triage rules check` says more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from triage.model.fact import SUSPECTED, Fact
from triage.model.rule import EFFECTS, UNKNOWN
from triage.model.ruleset import RuleSet
from triage.reading.effects import ADVICE_TOPICS
from triage.reading.instrument_file import CUT_OFFS
from triage.reading.rule_file import RuleText
from triage.reading.schema_words import WORDS
from triage.reading.tables import OF_A_ROW, ROWS

SCHEMA_FILE = "rule.schema.json"
SCHEMA_COMMENT = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""How a rule file, one folder below, names its schema."""


def rule_schema(ruleset: RuleSet) -> dict[str, Any]:
    """The JSON Schema of a rule file of this rule set: one rule, a table with ``rows``, an instrument with cut-offs."""
    rule: dict[str, Any] = _with_words(RuleText.model_json_schema(), _vocabulary_of(ruleset))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A rule of {ruleset.name}",
        "$defs": rule.pop("$defs"),
        "if": {"required": [ROWS]},
        "then": _table_schema(rule),
        "else": {
            "if": {"required": [CUT_OFFS]},
            "then": _instrument_schema(rule, ruleset),
            "else": rule,
        },
    }


def _table_schema(rule: dict[str, Any]) -> dict[str, Any]:
    """A table: what a rule has, with each part in the table, in its rows, or in both, where it is merged."""
    parts = rule["properties"] | {"then": {"type": "object", "properties": {name: {} for name in EFFECTS}}}
    row = parts | {"covers": {"type": "array", "items": {"type": "string"}}}
    shared = {name: part for name, part in parts.items() if name not in OF_A_ROW}
    rows = {"type": "array", "items": _object(row) | {"required": ["id", "when"]}, "minItems": 1}
    return _object(shared | {ROWS: rows}) | {"required": ["id", ROWS]}


def _instrument_schema(rule: dict[str, Any], ruleset: RuleSet) -> dict[str, Any]:
    """An instrument: what it is, and a cut-off as a row of a table, with its bounds beside the conditions."""
    text, number = {"type": "string", "minLength": 1}, {"type": "integer"}
    about = {
        "fact": _one_of(fact.name for fact in ruleset.vocabulary if not fact.is_set),
        "items": {"type": "array", "items": _one_of(fact.name for fact in ruleset.vocabulary if not fact.is_set)},
        "measures": text,
        "licence": text,
        "valid_for": text,
        "range": {"type": "array", "items": number, "minItems": 2, "maxItems": 2},
        "codes": {"type": "object"},
    }
    table = _table_schema(rule)["properties"]
    row = table[ROWS]["items"]["properties"] | {"at_least": number, "at_most": number, "is": text}
    cut_offs = {"type": "array", "items": _object(row) | {"required": ["id"]}, "minItems": 1}
    shared = {name: part for name, part in table.items() if name != ROWS}
    required = ["id", "fact", "title", "licence", CUT_OFFS]
    return _object(shared | about | {CUT_OFFS: cut_offs}) | {"required": required}


def write_schema(ruleset: RuleSet, folder: Path) -> Path:
    """Write the schema into the rule set's folder and give its path."""
    path = folder / SCHEMA_FILE
    path.write_text(json.dumps(rule_schema(ruleset), indent=1) + "\n", encoding="utf-8")
    return path


def _with_words(schema: Any, words: dict[str, Any]) -> Any:
    """The schema with the rule set's words in place of the names of their lists."""
    if isinstance(schema, dict):
        if WORDS in schema and isinstance(schema[WORDS], str):
            return {name: part for name, part in schema.items() if name != WORDS} | words[schema[WORDS]]
        return {name: _with_words(part, words) for name, part in schema.items()}
    return [_with_words(part, words) for part in schema] if isinstance(schema, list) else schema


def _vocabulary_of(ruleset: RuleSet) -> dict[str, Any]:
    scales, facts = ruleset.scales, tuple(ruleset.vocabulary)
    conditions = [fact.name for fact in facts if fact.type == "condition"]
    areas = [term.id for term in scales.foci]
    return {
        "ratings": _one_of(scales.rating_ids),
        "urgencies": _one_of(scales.urgency_ids),
        "dangers": _one_of(term.id for term in scales.dangers),
        "lines": _one_of(line.id for line in scales.lines),
        "certainties": _one_of(term.id for term in scales.certainties),
        "roles": _one_of(term.id for term in scales.roles),
        "targets": _one_of(ruleset.targets),
        "areas": _one_of(areas),
        "formats": _one_of(term.id for term in scales.formats),
        "therapies": _one_of(term.id for term in scales.therapies),
        "topics": _one_of(ADVICE_TOPICS),
        "sources": _one_of(ruleset.sources),
        "evidence_rows": _one_of(ruleset.evidence_rows),
        "derived": _by_fact({name: _one_of([SUSPECTED]) for name in conditions}),
        "conditions": _by_fact({fact.name: _described(fact, _tests(fact)) for fact in facts}),
        "answers": _by_fact({fact.name: _described(fact, _answers(fact)) for fact in facts}),
    }


def _one_of(values: Iterable[object]) -> dict[str, Any]:
    return {"enum": list(values)}


def _by_fact(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 0}


def _described(fact: Fact, schema: dict[str, Any]) -> dict[str, Any]:
    return {"description": fact.question} | schema


def _tests(fact: Fact) -> dict[str, Any]:
    """What a rule may ask of a fact."""
    if fact.is_integer:
        return {"anyOf": [_number(fact), _object({"at_least": _number(fact), "at_most": _number(fact)})]}
    value = _one_of(fact.values)
    values = {"type": "array", "items": value, "minItems": 1}
    if fact.is_set:
        tests = {"includes": value, "includes_any": values, "includes_all": values, "empty": {"type": "boolean"}}
        return _object(tests) | {"maxProperties": 1}
    bounds = [_object({"at_least": value, "at_most": value})] if fact.ordered else []
    return {"anyOf": [value, values, *bounds]}


def _answers(fact: Fact) -> dict[str, Any]:
    """What an example may give as an answer."""
    if fact.is_integer:
        return {"anyOf": [_number(fact), _one_of([UNKNOWN, None])]}
    if fact.is_set:
        return {"anyOf": [{"type": "array", "items": _one_of([*fact.values, UNKNOWN])}, _one_of([UNKNOWN, None])]}
    return _one_of([*fact.values, UNKNOWN, None])


def _number(fact: Fact) -> dict[str, Any]:
    return {"type": "integer", "minimum": fact.minimum, "maximum": fact.maximum}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
