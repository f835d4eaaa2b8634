"""Check that the lines of an urgency's action are short and that the order of the urgency rules is complete."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault, Place, did_you_mean
from triage.model.ruleset import RuleSet

MOST_WORDS = {"first": 10, "do": 11, "ask": 10}
SCALES_FILE = "scales.yaml"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Find lines that are too long, urgency rules missing from `urgency_order`, and unknown ids in it."""
    for rule in ruleset.all_rules:
        if rule.urgency is None:
            continue
        action = rule.urgency.action
        for key, lines in (("first", (action.first,)), ("do", action.do), ("ask", action.ask)):
            for index, line in enumerate(lines):
                words = len(line.split())
                if words > MOST_WORDS[key]:
                    message = f"“{line}” has {words} words."
                    place = rule.at("then", "urgency", "action", key, index)
                    yield Fault(place, "action-length", message, f"At most {MOST_WORDS[key]} in `{key}`.")
    yield from _order(ruleset)


def _order(ruleset: RuleSet) -> Iterator[Fault]:
    known = {rule.id: rule for rule in ruleset.rules if rule.urgency}
    listed = ruleset.scales.urgency_order
    for id_, rule in known.items():
        if id_ not in listed:
            message = f"`urgency_order` in {SCALES_FILE} does not list `{id_}`."
            yield Fault(rule.place, "urgency-order", message, "Add it where its action belongs.")
    for id_ in listed:
        if id_ not in known:
            message = f"`urgency_order` lists `{id_}`, which is no active urgency rule."
            yield Fault(Place(SCALES_FILE), "urgency-order", message, did_you_mean(id_, tuple(known)))
