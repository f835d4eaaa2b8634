"""Assess one referral: run both engines, compare them, find what is still open, decide, and say why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from triage.answer.actions import Actions
from triage.answer.course import course_for
from triage.answer.decide import Verdict, decide
from triage.answer.fired_rules import FiredRules, evaluate
from triage.answer.model import Answer, RuleSetUsed, SuitabilityPart
from triage.answer.offers import alternatives, comparison, formats, problem_areas
from triage.answer.open_questions import as_unanswered
from triage.answer.reasons import Reasons
from triage.engines.agreement import Firing
from triage.engines.completions.engine import Completions
from triage.engines.outcome import Bounds, StillOpen
from triage.engines.rete.engine import LiveEngines
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral, ReferralReader
from triage.settings import Settings


class AllCompletions(Protocol):
    """An engine that says what an incomplete referral can still become."""

    def of(self, answers: Answers) -> StillOpen:
        """What rating and urgency can still be, and the unanswered facts whose answer can change them."""


@dataclass(frozen=True)
class Assessor:
    """Answers referrals with one rule set.

    ``live`` runs the rules and is checked against the reference on every referral; ``completions`` answers what is
    still open.
    """

    ruleset: RuleSet
    live: Firing
    completions: AllCompletions
    settings: Settings

    @cached_property
    def reader(self) -> ReferralReader:
        """What checks referrals against the rule set's vocabulary."""
        return ReferralReader(self.ruleset.vocabulary)

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return self.settings.words()

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.ruleset, self._words)

    @cached_property
    def _actions(self) -> Actions:
        return Actions(self.ruleset.scales, self._words)

    @cached_property
    def _ruleset_used(self) -> RuleSetUsed:
        return RuleSetUsed(self.ruleset.name, self.ruleset.version, self.ruleset.digest)

    def assess(self, referral: Referral) -> Answer:
        """Answer a referral as contract §3 lays down; the same referral gives the same answer.

        Raises EngineDisagreement where the live engine differs from the reference, and lets every engine's error
        through: a failure is never "nothing fired".
        """
        fired = evaluate(self.ruleset, self.live, referral.answers)
        still_open = self._still_open(fired)
        verdict = decide(fired, still_open.bounds)
        return self._answer(referral.reference, fired, still_open, verdict)

    def _still_open(self, fired: FiredRules) -> StillOpen:
        if self.ruleset.vocabulary.is_complete(fired.given):
            return StillOpen(Bounds((fired.so_far.rating,), (fired.so_far.level,)))
        return self.completions.of(fired.given)

    def _answer(self, reference: str | None, fired: FiredRules, still_open: StillOpen, verdict: Verdict) -> Answer:
        bounds, questions = still_open.bounds, still_open.questions
        return Answer(
            reference=reference,
            suitability=_suitability_part(verdict, bounds),
            urgency=self._actions.urgency_part(fired, verdict, bounds),
            reasons=self._reasons.of(fired, verdict),
            focus=problem_areas(fired),
            formats=formats(fired),
            alternatives=alternatives(fired),
            comparison=comparison(fired),
            unanswered=as_unanswered(questions, self.ruleset, verdict.missing),
            not_used=self.ruleset.vocabulary.not_used(fired.given),
            course=course_for(fired, verdict),
            next_step=self._actions.next_step(verdict, len(questions), settled=bounds.suitability_settled),
            ruleset=self._ruleset_used,
        )


def _suitability_part(verdict: Verdict, bounds: Bounds) -> SuitabilityPart:
    return SuitabilityPart(
        rating=verdict.rating,
        settled=bounds.suitability_settled,
        could_become=bounds.suitability,
        exact=bounds.exact,
        for_=verdict.targets,
        role=verdict.role,
        certainty=verdict.certainty,
        limited_by=verdict.limited_by,
    )


def build_assessor(ruleset: RuleSet, settings: Settings | None = None) -> Assessor:
    """Make an assessor with both engines; the environment's settings where none are given."""
    return Assessor(ruleset, LiveEngines(ruleset), Completions(ruleset), settings or Settings())
