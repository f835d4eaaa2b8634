"""What fired rules come to, contract §2 and §5: targets, the problem that leads, caps, life problems, roles, floors."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.conftest import generated
from tests.engines.small import SCALES, fact_of, random_referral, rulesets
from triage.engines import reference
from triage.engines.floors import HeldFloor, covered, floors
from triage.engines.outcome import (
    Standing,
    TargetStanding,
    conditions_beside,
    leading_targets,
    outcome,
    standing,
    targets_of_problem,
)
from triage.model.fact import CoreRule, Floor, Label
from triage.model.rule import Answers, Effect, Limits, OneOf, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import GENERAL_FLOOR, NOT_THE_LEADING_PROBLEM
from triage.model.vocabulary import Lead, Vocabulary

PROBLEMS = {
    "mood": Lead(("low_mood", "prevention"), otherwise="all_lead_capped"),
    "eating": Lead(("eating",), otherwise="all_lead_capped"),
    "loss": Lead(("loss",), otherwise="all_lead"),
    "staying_well": Lead(("prevention",), also_remitted=True, otherwise="all_lead"),
    "other": Lead(),
}
CONDITIONS = ("low_mood", "eating", "adjusting")
FACTS = (
    *(fact_of(name, "condition") for name in CONDITIONS),
    replace(fact_of("problem", "choice"), labels={problem: Label(problem) for problem in PROBLEMS}),
    replace(fact_of("plan", "yes_no"), core=CoreRule("always")),
    replace(fact_of("wound", "yes_no"), core=CoreRule("always"),
            floor=Floor("emergency", ((OneOf("plan", frozenset({"yes"})),),))),
)  # fmt: skip
RULES = RuleSet(
    Vocabulary(
        {fact.name: fact for fact in FACTS},
        leading_fact="problem",
        leads=PROBLEMS,
        not_a_condition_beside=frozenset({"adjusting"}),
    ),
    SCALES,
    (),
)


def _rule(id_: str, *effects: Effect) -> Rule:
    return Rule(id_, id_, ((),), (), effects, "why", (SourceRef("s"),))


def _for(target: str, rating: str, role: str = "monotherapy", certainty: str = "low") -> Rule:
    return _rule(f"for-{target}-{rating}-{role}-{certainty}", Supports(rating, (target,), role, certainty))


def _to(to: str, *targets: str, role: str | None = None) -> Rule:
    return _rule(f"to-{to}-{'-'.join(targets) or 'all'}", Limits(to, targets, "low", role))


def _stand(*rules: Rule, **answers: str) -> Standing:
    return standing(RULES, rules, answers)


def _ratings(so_far: Standing) -> dict[str, str]:
    return {target.target: target.rating for target in so_far.targets}


def test_each_target_has_its_highest_support_under_the_lowest_limit_that_applies_to_it() -> None:
    so_far = _stand(
        _for("low_mood", "possible"),
        _for("low_mood", "recommended"),
        _for("eating", "recommended"),
        _to("suitable"),
        _to("possible", "eating"),
        _to("not_recommended", "adjusting"),
    )
    assert _ratings(so_far) == {"low_mood": "suitable", "eating": "possible"}
    low_mood, eating = so_far.targets
    assert low_mood.limited_by == ("to-suitable-all",)
    assert eating.limited_by == ("to-possible-eating",)
    assert eating.limits == ("to-possible-eating", "to-suitable-all")
    assert so_far.rating == "suitable"


def test_a_limit_at_the_support_or_above_holds_nothing() -> None:
    (target,) = _stand(_for("eating", "possible"), _to("possible"), _to("suitable", "eating")).targets
    assert (target.rating, target.limited_by) == ("possible", ())


def test_the_leading_problem_decides_and_the_others_stand_beside_it() -> None:
    rules = (_for("low_mood", "recommended"), _for("eating", "possible"))
    led = _stand(*rules, problem="eating")
    assert (led.rating, led.leading, led.capped) == ("possible", ("eating",), False)
    assert [target.target for target in led.targets] == ["eating", "low_mood"], "leading targets first"
    assert _stand(*rules, problem="mood").rating == "recommended"
    for answers in ({}, {"problem": "other"}):
        both = _stand(*rules, **answers)
        assert (both.rating, both.leading) == ("recommended", ("low_mood", "eating"))


def test_what_stands_beside_an_unsupported_leading_problem_is_capped() -> None:
    so_far = _stand(_for("low_mood", "recommended"), problem="eating")
    assert (so_far.rating, so_far.capped, so_far.limited_by) == ("suitable", True, (NOT_THE_LEADING_PROBLEM,))
    assert so_far.leading == ("low_mood",)
    below = _stand(_for("low_mood", "possible"), problem="eating")
    assert (below.rating, below.capped, below.limited_by) == ("possible", True, ())


@pytest.mark.parametrize("problem", ["loss", "staying_well"])
def test_loss_and_staying_well_let_all_lead_without_a_cap(problem: str) -> None:
    so_far = _stand(_for("low_mood", "recommended"), problem=problem)
    assert (so_far.rating, so_far.capped) == ("recommended", False)


def test_with_no_support_there_is_no_cap_and_only_limits_on_all_hold() -> None:
    so_far = _stand(_to("not_recommended", "eating"), problem="eating")
    assert (so_far.rating, so_far.capped, so_far.limited_by, so_far.targets) == ("no_indication", False, (), ())
    held = _stand(_to("not_recommended"), problem="eating")
    assert (held.rating, held.limited_by) == ("not_recommended", ("to-not_recommended-all",))
    assert _stand(_to("possible")).rating == "no_indication"


def test_a_remitted_condition_is_about_staying_well_while_it_is_remitted() -> None:
    rules = (_for("low_mood", "suitable"), _for("prevention", "possible"))
    assert _stand(*rules, problem="staying_well", low_mood="remitted").leading == ("low_mood", "prevention")
    assert _stand(*rules, problem="staying_well", low_mood="absent").leading == ("prevention",)
    assert targets_of_problem(RULES, {"problem": "staying_well", "eating": "remitted"}) == {"prevention", "eating"}


@pytest.mark.parametrize("state", ["suspected", "current"])
def test_a_life_problem_does_not_count_beside_a_condition(state: str) -> None:
    rules = (_for("loss", "recommended"), _for("prevention", "possible"))
    alone = _stand(*rules, problem="loss", eating="absent")
    assert (alone.rating, alone.silenced, alone.beside) == ("recommended", (), ())
    beside = _stand(*rules, problem="loss", eating=state)
    assert (beside.rating, beside.silenced, beside.beside) == ("possible", ("loss",), ("eating",))
    assert [target.target for target in beside.targets] == ["prevention"]
    assert _stand(_for("loss", "recommended"), eating=state).rating == "no_indication", "as if not fired"


@pytest.mark.parametrize("answers", [{}, {"eating": "remitted"}, {"adjusting": "current"}])
def test_a_life_problem_counts_while_no_condition_is_known_that_counts(answers: dict[str, str]) -> None:
    assert _stand(_for("loss", "suitable"), **answers).rating == "suitable"


def test_the_role_is_the_most_cautious_of_highest_supports_and_of_limits_that_apply() -> None:
    def role(*rules: Rule) -> str | None:
        (target,) = _stand(*rules).targets
        return target.role

    assert role(_for("eating", "suitable"), _for("eating", "suitable", "companion")) == "companion"
    assert role(_for("eating", "suitable"), _for("eating", "possible", "adjunct")) == "monotherapy"
    assert role(_for("eating", "suitable"), _to("suitable", "low_mood", role="adjunct")) == "monotherapy"
    assert role(_for("eating", "suitable"), _to("suitable", "eating", role="adjunct")) == "adjunct"


def test_role_and_certainty_are_lost_where_the_rating_says_nothing_for_ipt() -> None:
    def both(*rules: Rule) -> tuple[str | None, str | None]:
        (target,) = _stand(*rules).targets
        return target.role, target.certainty

    high, low = _for("eating", "recommended", certainty="high"), _for("eating", "recommended", certainty="low")
    assert both(high, low) == ("monotherapy", "high")
    assert both(high, _for("eating", "possible", certainty="low")) == ("monotherapy", "high")
    assert both(high, _to("possible")) == ("monotherapy", None)
    assert both(high, _to("not_recommended")) == (None, None)


def test_of_several_leading_targets_alike_the_whole_takes_the_most_cautious() -> None:
    so_far = _stand(
        _for("eating", "recommended", "companion", "high"),
        _for("low_mood", "suitable", "monotherapy", "very_low"),
        _to("suitable", "eating"),
    )
    assert [target.target for target in so_far.best] == ["low_mood", "eating"]
    assert (so_far.rating, so_far.role, so_far.certainty) == ("suitable", "companion", "very_low")
    assert so_far.limited_by == ("to-suitable-eating",)


def test_a_rule_with_several_effects_gives_them_all() -> None:
    rule = _rule("both", Supports("suitable", ("eating", "low_mood"), "monotherapy", "low"),
                 Limits("possible", ("eating",), "low"), Urgency("urgent", "support"))  # fmt: skip
    so_far = _stand(rule)
    assert _ratings(so_far) == {"low_mood": "suitable", "eating": "possible"}
    assert (so_far.level, outcome(RULES, [rule], {}).level) == ("urgent", "urgent")


def test_the_level_is_the_highest_that_fired_and_a_routine_rule_raises_nothing() -> None:
    def level(*levels: str) -> str:
        return _stand(*(_rule(level, Urgency(level, "support")) for level in levels)).level

    assert (level(), level("routine"), level("urgent", "routine", "semi_urgent")) == ("routine", "routine", "urgent")


def test_a_fact_holds_its_own_floor_while_its_condition_is_known_and_the_general_one_else() -> None:
    general = HeldFloor(GENERAL_FLOOR, "urgent", ("plan", "wound"))
    assert floors(RULES, ("plan", "wound"), {}) == (general,)
    own = HeldFloor("wound", "emergency", ("wound",))
    assert floors(RULES, ("wound",), {"plan": "yes"}) == (own,)
    assert floors(RULES, ("wound",), {"plan": "no"}) == (HeldFloor(GENERAL_FLOOR, "urgent", ("wound",)),)
    assert floors(RULES, ("plan", "wound"), {"plan": "yes"}) == (own, HeldFloor(GENERAL_FLOOR, "urgent", ("plan",)))
    assert floors(RULES, (), {"plan": "yes"}) == ()


def test_a_covered_rule_covers_too() -> None:
    chain = [_rule(a, Urgency("urgent", "support", covers=(b,))) for a, b in (("a", "b"), ("b", "c"))]
    assert covered(chain) == {"b", "c"}


def _plainly(ruleset: RuleSet, fired: Iterable[Rule], answers: Answers) -> tuple[str, str, dict[str, str]]:
    """Rating, level and the rating of each target, by the formula of contract §2 and nothing else."""
    rank, ids = SCALES.rating_rank, SCALES.rating_ids
    rules = list(fired)
    supports = [effect for rule in rules for effect in rule.of(Supports)]
    limits = [effect for rule in rules for effect in rule.of(Limits)]
    silent = SCALES.life_problems if conditions_beside(ruleset, answers) else frozenset[str]()
    targets = {target for effect in supports for target in effect.targets} - silent
    leading, capped = leading_targets(ruleset, targets, answers)
    ratings = {
        target: min(
            max(rank(effect.rating) for effect in supports if target in effect.targets),
            *(rank(effect.to) for effect in limits if effect.applies_to(target)),
            rank(SCALES.cap) if capped else rank("recommended"),
            rank("recommended"),
        )
        for target in targets
    }
    without = min([rank("no_indication"), *(rank(effect.to) for effect in limits if not effect.targets)])
    rating = max((ratings[target] for target in leading), default=without)
    level = max((SCALES.urgency_rank(rule.urgency.level) for rule in rules if rule.urgency), default=0)
    return ids[rating], SCALES.urgency_ids[level], {target: ids[rank] for target, rank in ratings.items()}


@settings(deadline=None, suppress_health_check=list(HealthCheck), max_examples=generated(60))
@given(rulesets(), st.integers(0, 2**32))
def test_the_standing_is_the_formula(ruleset: RuleSet, seed: int) -> None:
    random = Random(seed)
    for _ in range(40):
        evaluation = reference.evaluate(ruleset, random_referral(ruleset, random).answers)
        fired = ruleset.fired(evaluation.fired)
        so_far = standing(ruleset, fired, evaluation.answers)
        assert (so_far.rating, so_far.level, _ratings(so_far)) == _plainly(ruleset, fired, evaluation.answers)
        assert {target.target for target in so_far.best} <= set(so_far.leading)
        assert all(_is_sound(target) for target in so_far.targets)


def _is_sound(target: TargetStanding) -> bool:
    """A target that is not rated for IPT has no role, one that is not suitable no certainty."""
    rank = SCALES.rating_rank(target.rating)
    with_role = (target.role is None) == (rank < SCALES.rating_rank("possible"))
    return with_role and (target.certainty is None) == (rank < SCALES.rating_rank("suitable"))
