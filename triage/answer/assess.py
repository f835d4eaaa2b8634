"""Assess one referral: run both engines, compare them, find what is still open, decide, and explain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

from triage.answer.actions import Actions
from triage.answer.course import course_for
from triage.answer.decide import Level, Verdict, decide
from triage.answer.fired_rules import FiredRules, evaluate
from triage.answer.model import (
    Answer,
    Comparison,
    NotCountedAnswer,
    RuleSetUsed,
    SuitabilityPart,
    TargetPart,
)
from triage.answer.offers import alternatives, comparison, formats, problem_areas
from triage.answer.open_questions import OpenQuestions
from triage.answer.reasons import Reasons
from triage.engines.agreement import Evaluating, Firing
from triage.engines.completions.engine import completions_of
from triage.engines.indexed import IndexedEvaluator
from triage.engines.outcome import Bounds, Common, StillOpen
from triage.engines.rete.engine import LiveEngines
from triage.model.collector import collector_paused
from triage.model.rule import Answers
from triage.model.ruleset import RuleSet
from triage.reading.referral import Referral
from triage.reading.referral_reader import ReferralReader
from triage.settings import Settings


class AllCompletions(Protocol):
    """An engine that says what an incomplete referral can still become."""

    def of(self, answers: Answers) -> StillOpen:
        """The ratings and levels that are still possible, and the questions that can change them."""

    def bounds(self, answers: Answers) -> Bounds:
        """The ratings and levels that are still possible."""

    def common(self, answers: Answers, rating: str) -> Common:
        """What all completions with this rating have in common."""


@dataclass(frozen=True)
class Assessor:
    """Answers referrals with one rule set.

    ``live`` runs the rules and is compared with ``check`` on every referral. ``completions`` finds what is still open.
    """

    ruleset: RuleSet
    live: Firing
    check: Evaluating
    completions: AllCompletions
    settings: Settings

    @cached_property
    def reader(self) -> ReferralReader:
        """The reader that checks referrals against the rule set's vocabulary."""
        return ReferralReader(self.ruleset.vocabulary)

    @cached_property
    def _words(self) -> Mapping[str, str]:
        return self.settings.words()

    @cached_property
    def _reasons(self) -> Reasons:
        return Reasons(self.ruleset, self._words)

    @cached_property
    def actions(self) -> Actions:
        """The composer of the actions of answers and of problems (refused or failed referrals)."""
        return Actions(self.ruleset.scales, self._words)

    @cached_property
    def _open_questions(self) -> OpenQuestions:
        return OpenQuestions(self.ruleset)

    @cached_property
    def _ruleset_used(self) -> RuleSetUsed:
        return RuleSetUsed(self.ruleset.name, self.ruleset.version, self.ruleset.digest)

    def assess(self, referral: Referral) -> Answer:
        """Answer a referral; the same referral always gives the same answer.

        Raises EngineDisagreement where the live engine and its check differ, and EngineFailure where one of them fails.
        Every other error is let through: a failure is never taken to mean that no rule fired.
        """
        fired = evaluate(self.check, self.live, referral)
        still_open = self._still_open(fired)
        verdict = decide(fired, still_open.bounds, lambda rating: self.completions.common(fired.given, rating))
        return self._answer(referral, fired, still_open, verdict)

    def bounds(self, fired: FiredRules) -> Bounds:
        """The ratings and levels that are still possible for the referral on which the rules fired."""
        if fired.is_complete:
            return _settled(fired)
        return self.completions.bounds(fired.given)

    def _still_open(self, fired: FiredRules) -> StillOpen:
        """What the referral can still become. A complete referral has no open questions."""
        if fired.is_complete:
            return StillOpen(_settled(fired))
        return self.completions.of(fired.given)

    def _answer(self, referral: Referral, fired: FiredRules, still_open: StillOpen, verdict: Verdict) -> Answer:
        bounds, held = still_open.bounds, verdict.on_hold
        vocabulary = self.ruleset.vocabulary
        unanswered = self._open_questions.of(fired, still_open.questions)
        return Answer(
            reference=referral.reference,
            urgency=self.actions.urgency_part(fired, Level(verdict.level, verdict.state), bounds),
            suitability=_suitability_part(fired, verdict, bounds),
            next_step=self.actions.next_step(verdict, len(unanswered), settled=bounds.suitability_settled),
            reasons=self._reasons.of(fired, verdict),
            alternatives=() if held else alternatives(fired),
            focus=() if held else problem_areas(fired),
            formats=formats(fired),
            comparison=Comparison() if held else comparison(fired),
            course=course_for(fired, verdict),
            unanswered=unanswered,
            not_used=vocabulary.not_used(fired.given),
            not_counted=tuple(NotCountedAnswer(answer.fact, answer.why) for answer in referral.not_counted),
            outside=tuple(name for name in vocabulary.outside if fired.given.get(name) == "yes"),
            ruleset=self._ruleset_used,
        )


def _settled(fired: FiredRules) -> Bounds:
    """The bounds of a complete referral."""
    return Bounds((fired.standing.rating,), (fired.standing.level,))


def _suitability_part(fired: FiredRules, verdict: Verdict, bounds: Bounds) -> SuitabilityPart:
    targets = () if verdict.on_hold else fired.standing.targets
    return SuitabilityPart(
        rating=verdict.rating,
        settled=bounds.suitability_settled,
        could_become=bounds.suitability,
        exact=bounds.exact,
        for_=verdict.common.targets,
        role=verdict.common.role,
        certainty=verdict.common.certainty,
        limited_by=verdict.limited_by,
        targets=tuple(
            TargetPart(target.target, target.leading, target.rating, target.role, target.certainty, target.limited_by)
            for target in targets
        ),
    )


@collector_paused()
def build_assessor(ruleset: RuleSet, settings: Settings | None = None) -> Assessor:
    """Make an assessor with its engines. Without ``settings``, those of the environment are used.

    Raises EngineLimitError or DiagramTooLarge where the rule set is too large for an engine.
    """
    return Assessor(
        ruleset, LiveEngines(ruleset), IndexedEvaluator(ruleset), completions_of(ruleset), settings or Settings()
    )
