"""No claim of the service page, no row of the evidence and no red flag is without a place in the rule set."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
import yaml

from tests.conftest import RULES
from triage import assess
from triage.answer.assess import Assessor
from triage.answer.model import Answer, Citation
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset


def _without_rule() -> dict[str, str]:
    """The rows that no rule can encode, each with the reason that ``sources.yaml`` gives."""
    rows = yaml.safe_load((RULES / "sources.yaml").read_text(encoding="utf-8"))["evidence_rows"]
    return {row["id"]: row["no_rule"] for row in rows if "no_rule" in row}


def test_every_claim_of_the_page_is_reachable(ruleset: RuleSet) -> None:
    """By an active rule, or by the course plan, where the claim is about length, phases or cost."""
    cited = {source.claim for rule in ruleset.rules for source in rule.sources if source.claim}
    claims = set(ruleset.sources["service-page"].claims)
    assert ruleset.course is not None
    assert claims - cited - {source.claim for source in ruleset.course.cited} == set()
    assert len(claims) == 39  # S01 to S37, S20b, S20c


def test_every_row_of_the_evidence_and_every_red_flag_has_its_rule(ruleset: RuleSet) -> None:
    encoded = {row for rule in ruleset.rules for row in rule.evidence}
    encoded |= {row for reason in ruleset.scales.built_in.values() for row in reason.evidence}
    assert set(ruleset.evidence_rows) - encoded == set(_without_rule())
    assert encoded <= set(ruleset.evidence_rows)


def test_a_row_without_a_rule_says_why() -> None:
    assert all(len(reason.split()) > 5 for reason in _without_rule().values())


Facts = Mapping[str, Any]
COURSE: Facts = {"age_years": 30, "major_depression": "current"}
SHOWN: Mapping[str, Facts] = {
    "S01": {"major_depression": "current", "antidepressant_response": "partial"},
    "S02": {"major_depression": "current", "antidepressant_trials_failed": 2},
    "S03": {"persistent_depression": "current", "antidepressant_ruled_out": ["declined"]},
    "S04": {"major_depression": "current", "antidepressant_ruled_out": ["unaffordable"]},
    "S05": {"age_years": 9, "major_depression": "current", "parent_can_attend": "yes"},
    "S06": {"age_years": 18, "anorexia_nervosa": "current"},
    "S07": {"primary_problem": "substance_use"},
    "S08": {"age_years": 40, "persistent_depression": "current"},
    "S09": {"age_years": 30, "perinatal_status": "postpartum", "major_depression": "current"},
    "S10": {"age_years": 30, "bipolar_disorder": "current"},
    "S11": {"age_years": 18, "ptsd": "current"},
    "S12": {"obsessive_compulsive_disorder": "current"},
    "S13": {"age_years": 30, "major_depression": "remitted", "remission_reached_with": "ipt_alone"},
    "S14": {"bipolar_disorder": "current", "mood_stabilizer": "no"},
    "S15": {"age_years": 18, "social_anxiety_disorder": "current"},
    "S16": {"age_years": 18, "ptsd": "current"},
    "S17": {"age_years": 30, "borderline_personality_disorder": "current"},
    "S18": {"age_years": 30, "insomnia_disorder": "current"},
    "S19": {"age_years": 17, "major_depression": "current", "disputes": ["parents"]},
    "S20": {"age_years": 30, "role_transitions": ["separation_or_divorce"]},
    "S20b": COURSE,
    "S20c": {"avoidant_personality_disorder": "current"},
    "S21": {"age_years": 30, "generalized_anxiety_disorder": "current"},
    "S22": {"primary_problem": "substance_use"},
    "S23": COURSE,
    "S24": {"partner_violence": "past"},
    "S25": COURSE,
    "S26": COURSE,
    "S27": COURSE,
    "S28": COURSE,
    "S29": COURSE,
    "S30": COURSE,
    "S31": COURSE,
    "S32": COURSE,
    "S33": COURSE,
    "S34": COURSE,
    "S35": COURSE,
    "S36": {"insured": "yes"},
    "S37": {"insured": "no"},
}
"""For each claim of the service page a referral whose answer shows it."""
CONDITIONS = [fact.name for fact in read_ruleset(RULES).vocabulary if fact.type == "condition"]


def _cited(answer: Answer) -> set[str]:
    """The claims of the service page that an answer cites."""
    citations: list[Citation] = [source for reason in answer.reasons for source in reason.sources]
    citations += [source for offer in answer.alternatives for source in offer.sources]
    for phase in answer.course.phases if answer.course else ():
        citations += [*phase.sources, *(source for review in phase.reviews for source in review.sources)]
    return {source.claim for source in citations if source.claim}


def test_a_referral_is_named_for_every_claim(ruleset: RuleSet) -> None:
    assert SHOWN.keys() == ruleset.sources["service-page"].claims.keys()


@pytest.mark.parametrize("claim", SHOWN)
def test_a_claim_is_shown_by_the_answer_to_its_referral(claim: str, assessor: Assessor) -> None:
    assert claim in _cited(assess({"facts": SHOWN[claim]}, assessor))


@pytest.mark.parametrize("condition", CONDITIONS)
def test_how_the_two_therapies_compare_and_what_a_course_is_about_are_said_of_every_condition(
    condition: str, assessor: Assessor
) -> None:
    answer = assess({"facts": {"age_years": 30, condition: "current"}}, assessor)
    assert {"S34", "S35"} <= _cited(answer)
    if answer.course is not None:
        assert {"S23", "S31", "S32", "S33"} <= _cited(answer)
