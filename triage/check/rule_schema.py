"""Build the JSON Schema of rule files, with the rule set's own facts, values, sources and scales.

An editor that knows YAML schemas completes and checks with it while a rule is written. `triage rules check` says more.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from triage.model.fact import Fact
from triage.model.rule import EFFECTS, UNKNOWN
from triage.model.ruleset import RuleSet
from triage.reading.effects import ADVICE_TOPICS
from triage.reading.rule_file import RuleText
from triage.reading.schema_words import WORDS
from triage.reading.tables import OF_A_ROW, ROWS

SCHEMA_FILE = "rule.schema.json"
SCHEMA_COMMENT = f"# yaml-language-server: $schema=../{SCHEMA_FILE}"
"""The line by which a rule file, one folder below, names its schema."""


def rule_schema(ruleset: RuleSet) -> dict[str, Any]:
    """Build the JSON Schema of this rule set's rule files: one rule, or with ``rows`` a table."""
    rule: dict[str, Any] = _with_words(RuleText.model_json_schema(), _vocabulary_of(ruleset))
    return {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "title": f"A rule of {ruleset.name}",
        "$defs": rule.pop("$defs"),
        "if": {"required": [ROWS]},
        "then": _table_schema(rule),
        "else": rule,
    }


def _table_schema(rule: dict[str, Any]) -> dict[str, Any]:
    """Build the schema of a table: each part of a rule stands in the table, in its rows, or in both."""
    parts = rule["properties"] | {"then": {"type": "object", "properties": {name: {} for name in EFFECTS}}}
    row = parts | {"covers": {"type": "array", "items": {"type": "string"}}}
    shared = {name: part for name, part in parts.items() if name not in OF_A_ROW}
    rows = {"type": "array", "items": _object(row) | {"required": ["id", "when"]}, "minItems": 1}
    return _object(shared | {ROWS: rows}) | {"required": ["id", ROWS]}


def write_schema(ruleset: RuleSet, folder: Path) -> Path:
    """Write the schema into the rule set's folder and give its path."""
    path = folder / SCHEMA_FILE
    path.write_text(json.dumps(rule_schema(ruleset), indent=1) + "\n", encoding="utf-8")
    return path


def _with_words(schema: Any, words: dict[str, Any]) -> Any:
    """Replace the names of lists in a schema by the rule set's words."""
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
        "derived": _by_fact({name: _one_of(["suspected"]) for name in conditions}),
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
    """Build the schema of the tests that a condition may make of a fact."""
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
    """Build the schema of the answers that an example may give."""
    if fact.is_integer:
        return {"anyOf": [_number(fact), _one_of([UNKNOWN, None])]}
    if fact.is_set:
        return {"anyOf": [{"type": "array", "items": _one_of([*fact.values, UNKNOWN])}, _one_of([UNKNOWN, None])]}
    return _one_of([*fact.values, UNKNOWN, None])


def _number(fact: Fact) -> dict[str, Any]:
    return {"type": "integer", "minimum": fact.minimum, "maximum": fact.maximum}


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "additionalProperties": False, "minProperties": 1}
