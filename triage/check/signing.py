"""Signing rules: which requests of clinicians become a rule's `review`, and writing it into the rule's file."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import yaml

from triage.check.rule_digest import meaning_digest
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet
from triage.reading.instrument_file import CUT_OFFS
from triage.reading.tables import ROWS

KEY = "review"
"""The key of a rule file that says who signed."""
Review = tuple[str, str]
"""Who signed, and on which day."""


@dataclass(frozen=True, slots=True)
class Said:
    """What a clinician says of one rule: from which account, as whom, on which day, and of which version of it."""

    rule: str
    agrees: bool
    account: str
    by: str
    on: str
    comment: str
    version: str


@dataclass(frozen=True, slots=True)
class Signing:
    """What becomes of the requests about one rule: the review to be written, if any, and the sentence that says so."""

    rule: str
    sentence: str
    review: Review | None = None


def plan_signing(
    ruleset: RuleSet, statements: Iterable[Said], versions: Mapping[str, str], *, older: bool = False
) -> tuple[Signing, ...]:
    """Decide for each rule that clinicians spoke of whether it is signed, in the order of the rules' ids.

    ``statements`` come newest first; ``versions`` is the present version of each rule. Of each account the newest
    counts. An objection keeps a rule from being signed. What was said of an earlier version counts only with ``older``.
    """
    by_rule: dict[str, list[Said]] = {}
    for one in statements:
        of_rule = by_rule.setdefault(one.rule, [])
        if one.account not in {newer.account for newer in of_rule}:
            of_rule.append(one)
    rules = {rule.id: rule for rule in ruleset.all_rules}
    return tuple(_plan(rules.get(id_), by_rule[id_], versions.get(id_), older=older) for id_ in sorted(by_rule))


def _plan(rule: Rule | None, statements: list[Said], version: str | None, *, older: bool) -> Signing:
    id_ = statements[0].rule
    if rule is None:
        return Signing(id_, "not signed: the rule is gone")
    counting = [one for one in statements if older or one.version == version]
    if not counting:
        return Signing(id_, f"not signed: the rule was changed since {statements[0].by} read it on {statements[0].on}")
    objection = next((one for one in counting if not one.agrees), None)
    if objection is not None:
        why = " ".join(objection.comment.split()).rstrip(".")
        return Signing(id_, f"not signed: {objection.by} objects ({objection.on}): {why}")
    newest = counting[0]
    if (rule.reviewed_by, rule.reviewed_on) == (newest.by, newest.on):
        return Signing(id_, f"signed already by {newest.by} on {newest.on}")
    of = "" if newest.version == version else ", who read an older version"
    was = f"; it was signed by {rule.reviewed_by} on {rule.reviewed_on}" if rule.reviewed_by else ""
    return Signing(id_, f"signed by {newest.by} on {newest.on}{of}{was}", (newest.by, newest.on))


def write_reviews(ruleset: RuleSet, folder: Path, reviews: Mapping[str, Review]) -> tuple[Path, ...]:
    """Write reviews (by whom, on which day, and the rule's meaning) into the files of the rules, and nothing else.

    Gives the files that were written.
    """
    by_file: dict[Path, dict[str, str]] = {}
    for rule in ruleset.all_rules:
        if rule.id in reviews:
            path = folder / Path(rule.place.file).relative_to(folder.name)
            by, on = (json.dumps(part, ensure_ascii=False) for part in reviews[rule.id])
            written = f"{{by: {by}, on: {on}, meaning: {json.dumps(meaning_digest(rule))}}}"
            by_file.setdefault(path, {})[rule.id] = written
    for path, of_file in by_file.items():
        path.write_text(_with_reviews(path.read_text(encoding="utf-8"), of_file), encoding="utf-8")
    return tuple(by_file)


def _with_reviews(text: str, reviews: Mapping[str, str]) -> str:
    """The text of a rule file with reviews in it, by the rule's id: in a table, each in its row."""
    whole = yaml.compose(text, Loader=yaml.CBaseLoader)
    assert isinstance(whole, yaml.MappingNode)
    rows = _value(whole, ROWS) or _value(whole, CUT_OFFS)
    rules = [whole] if rows is None else rows.value
    changes = [_change(rule, reviews[_id(rule)]) for rule in rules if _id(rule) in reviews]
    for start, end, written in sorted(changes, reverse=True):
        text = text[:start] + written + text[end:]
    return text


def _value(mapping: yaml.MappingNode, key: str) -> yaml.Node | None:
    return next((value for name, value in mapping.value if name.value == key), None)


def _id(mapping: yaml.MappingNode) -> str:
    return str(next(value.value for name, value in mapping.value if name.value == "id"))


def _change(mapping: yaml.MappingNode, written: str) -> tuple[int, int, str]:
    """Where a review is written, from and to which character, and as what: over the one there is, or after the id."""
    present = _value(mapping, KEY)
    if present is not None:
        return present.start_mark.index, _end(present), written
    key, value = next((key, value) for key, value in mapping.value if key.value == "id")
    before = ", " if mapping.flow_style else "\n" + " " * key.start_mark.column
    return value.end_mark.index, value.end_mark.index, f"{before}{KEY}: {written}"


def _end(node: yaml.Node) -> int:
    """Where a value ends; that of a block of keys, whose mark is at what follows it, is the end of its last value."""
    if isinstance(node, yaml.MappingNode) and not node.flow_style and node.value:
        return _end(node.value[-1][1])
    return int(node.end_mark.index)
