"""Every rule fires on an example, and taking it away changes an answer, unless it names the rule that covers it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.conftest import RULES
from tests.knowledge.cases import cases_in, referral_of
from triage.engines.reference import evaluate
from triage.explain import Explainer
from triage.lang import Alternative, Facts, Focus, Format, Limits, Rule, Supports, Urgency
from triage.load import read_ruleset
from triage.outcomes import outcome
from triage.ruleset import RuleSet

IDS = [rule.id for rule in read_ruleset(RULES).rules]


@pytest.fixture(scope="module")
def referrals(ruleset: RuleSet) -> list[Facts]:
    """Every example of every rule, every vignette and every hard case, and the examples beside a depression."""
    examples = [example.given for rule in ruleset.rules for example in rule.examples if example.fires]
    written = [referral_of(case, ruleset).facts for case in (*cases_in("vignettes"), *cases_in("hard_cases"))]
    depressed: Facts = {"age_years": 30, "major_depression": "current"}
    beside = [{**depressed, **example} for example in examples]
    sound = [facts for facts in beside if not ruleset.vocabulary.contradictions(facts)]
    return [*examples, *written, *sound]


@pytest.fixture(scope="module")
def firing(ruleset: RuleSet, referrals: list[Facts]) -> dict[str, list[frozenset[str]]]:
    """For each rule, what fires together with it."""
    found: dict[str, list[frozenset[str]]] = {id_: [] for id_ in IDS}
    for facts in referrals:
        fired = evaluate(ruleset, facts).fired
        for id_ in fired:
            found[id_].append(fired)
    return found


@pytest.mark.parametrize("id_", IDS)
def test_a_rule_fires_and_its_removal_changes_something(
    id_: str, ruleset: RuleSet, firing: dict[str, list[frozenset[str]]]
) -> None:
    together = firing[id_]
    assert together, "it fires on no example"
    rule = ruleset.by_id[id_]
    if rule.covered_by is not None:
        assert ruleset.by_id[rule.covered_by]
        return
    assert any(_told(ruleset, ruleset.fired(ids)) != _told(ruleset, ruleset.fired(ids - {id_})) for ids in together)


def _told(ruleset: RuleSet, fired: tuple[Rule, ...]) -> tuple[Any, ...]:
    """What an answer says because of the rules that fired: outcome, target, role, certainty, offers, advice."""
    explainer = Explainer(ruleset)
    ids = {rule.id for rule in fired}
    return (
        outcome(fired, ruleset.scales),
        sorted(_said(fired), key=str),
        explainer.formats(fired),
        explainer.alternatives(fired),
        sorted(ids) if any(rule.id in ids for rule in fired if not _combined(rule)) else (),
    )


def _said(fired: tuple[Rule, ...]) -> Iterator[Any]:
    for rule in fired:
        match rule.effect:
            case Supports(targets=targets, role=role, rating=rating):
                yield (rating, targets, role)
            case Limits(to=to, role=role, until=until):
                yield (to, role, until)
            case Urgency(level=level, action=action):
                yield (level, action)
            case Focus(area=area):
                yield area


def _combined(rule: Rule) -> bool:
    """Whether a rule's effect is merged with others' before it is told."""
    return isinstance(rule.effect, Supports | Limits | Urgency | Focus | Format | Alternative)
