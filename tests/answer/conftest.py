"""What the tests of answers share: the published rules, read once, and small ones with all that an answer names."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.answer.enumerated import Enumerated
from tests.conftest import FIXTURE_RULES, RULES
from tests.engines.small import SCALES
from triage.answer.assess import Assessor, build_assessor
from triage.engines.indexed import IndexedEvaluator
from triage.model.rule import Action, Rule, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import GENERAL_FLOOR, LOWEST_URGENCY, FloorAction, Scales
from triage.reading.folder import read_ruleset
from triage.settings import Settings


class Checked:
    """A live engine that gives what the check gives."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._check = IndexedEvaluator(ruleset)

    def fired(self, answers: Any) -> frozenset[str]:
        return self._check.evaluate(answers).fired


def by_enumeration(ruleset: RuleSet) -> Assessor:
    """An assessor of a small rule set whose completions are all made."""
    check = IndexedEvaluator(ruleset)
    return Assessor(ruleset, Checked(ruleset), check, Enumerated(ruleset), Settings(rules=Path()))


def worded(ruleset: RuleSet) -> RuleSet:
    """A generated rule set with the texts and floors that an answer names."""
    published = read_ruleset(FIXTURE_RULES).scales
    names = (GENERAL_FLOOR, *(fact.name for fact in ruleset.vocabulary))
    scales: Scales = replace(
        SCALES,
        urgencies=published.urgencies,
        built_in=published.built_in,
        next_step=published.next_step,
        floors={name: FloorAction("support", Action(f"Ask about {name}.")) for name in names},
        refused=published.refused,
    )
    return replace(ruleset, scales=scales, rules=tuple(map(_with_action, ruleset.rules)))


def _with_action(rule: Rule) -> Rule:
    """The rule with something to do in its urgency, unless it is at the lowest level."""
    action = Action(f"First of {rule.id}.", (f"Do {rule.id}.",), (f"Ask {rule.id}?",), ("naloxone",), ("Later.",))
    return replace(
        rule,
        effects=tuple(
            replace(effect, action=action) if isinstance(effect, Urgency) and effect.level != LOWEST_URGENCY else effect
            for effect in rule.effects
        ),
    )


@pytest.fixture(scope="session")
def clinic(ruleset: RuleSet) -> Assessor:
    """The published rules."""
    return build_assessor(ruleset, Settings(rules=RULES))


@pytest.fixture(scope="session")
def answer_to(clinic: Assessor) -> Callable[..., Any]:
    """The answer of the published rules to some facts."""

    def answer(facts: dict[str, Any], **parts: Any) -> Any:
        return clinic.assess(clinic.reader.read({"facts": facts, **parts}))

    return answer
