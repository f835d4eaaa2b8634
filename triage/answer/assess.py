"""One referral in, one answer out: the whole of it as one sentence of code."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Protocol

from triage.answer.course import course_for
from triage.answer.decide import Verdict, decide
from triage.answer.open_questions import as_unanswered
from triage.answer.reasons import Explainer, fill
from triage.engines import reference
from triage.engines.agreement import Firing, evaluate_twice
from triage.engines.outcome import Bounds, OpenQuestion, outcome
from triage.model.rule import Answers, Rule, Urgency
from triage.model.ruleset import RuleSet
from triage.model.scales import INSUFFICIENT
from triage.reading.referral import Referral
from triage.settings import Settings


class ExactAnswers(Protocol):
    """An engine that says what an incomplete referral can still become."""

    def bounds(self, answers: Answers, deadline: float | None = None) -> Bounds:
        """What rating and urgency can still be; a superset, marked as not exact, past the deadline."""

    def open_questions(self, answers: Answers, deadline: float | None = None) -> tuple[OpenQuestion, ...]:
        """The unanswered facts whose answer can change rating or urgency, with what each answer would leave."""


@dataclass(frozen=True)
class Assessor:
    """Answers referrals with one rule set.

    ``live`` runs the rules and is checked against the reference on every referral; ``exact`` answers what is still
    open, within the settings' time limit.
    """

    ruleset: RuleSet
    live: Firing
    exact: ExactAnswers
    settings: Settings
    explainer: Explainer = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "explainer", Explainer(self.ruleset))

    def assess(self, referral: Referral) -> dict[str, Any]:
        """Answer a referral as contract §3 lays down; the same referral gives the same answer.

        Raises EngineDisagreement where the live engine differs from the reference, and lets every engine's error
        through: a failure is never "nothing fired".
        """
        facts = referral.answers
        evaluation = evaluate_twice(self.ruleset, self.live, facts)
        fired = self.ruleset.fired(evaluation.fired)
        deadline = monotonic() + self.settings.time_limit
        bounds, questions = self._still_open(facts, fired, deadline)
        verdict = decide(self.ruleset, fired, bounds, self.ruleset.vocabulary.core_unanswered(facts))
        return self._answer(referral, evaluation, fired, verdict, bounds, questions)

    def _still_open(
        self, answers: Answers, fired: tuple[Rule, ...], deadline: float
    ) -> tuple[Bounds, tuple[OpenQuestion, ...]]:
        if self.ruleset.vocabulary.is_complete(answers):
            so_far = outcome(fired, self.ruleset.scales)
            return Bounds((so_far.rating,), (so_far.level,)), ()
        return self.exact.bounds(answers, deadline), self.exact.open_questions(answers, deadline)

    def _answer(
        self,
        referral: Referral,
        evaluation: reference.Evaluation,
        fired: tuple[Rule, ...],
        verdict: Verdict,
        bounds: Bounds,
        questions: tuple[OpenQuestion, ...],
    ) -> dict[str, Any]:
        explainer = self.explainer
        facts, asked = {**referral.answers, **evaluation.derived}, evaluation.asked
        unanswered = as_unanswered(questions, self.ruleset, verdict.missing)
        return {
            "reference": referral.reference,
            "suitability": _suitability_part(verdict, bounds),
            "urgency": self._urgency_part(fired, verdict, bounds),
            "reasons": [self._worded(each) for each in explainer.reasons(fired, self._built_in(verdict), facts, asked)],
            "focus": explainer.focus(fired, facts, asked),
            "formats": explainer.formats(fired),
            "alternatives": explainer.alternatives(fired),
            "comparison": explainer.comparison(fired),
            "unanswered": unanswered,
            "not_used": list(self.ruleset.vocabulary.not_used(referral.answers)),
            "course": course_for(self.ruleset, facts, verdict),
            "next_step": self._next_step(verdict, len(unanswered), settled=bounds.suitability_settled),
            "ruleset": {
                "name": self.ruleset.name,
                "version": self.ruleset.version,
                "digest": self.ruleset.digest,
            },
        }

    def _urgency_part(self, fired: tuple[Rule, ...], verdict: Verdict, bounds: Bounds) -> dict[str, Any]:
        term = self.ruleset.scales.urgency(verdict.level)
        actions = [
            rule.effect.action
            for rule in fired
            if isinstance(rule.effect, Urgency) and rule.effect.level == verdict.level
        ]
        return {
            "level": verdict.level,
            "settled": bounds.urgency_settled,
            "could_become": list(bounds.urgency),
            "exact": bounds.exact,
            "incomplete": bool(verdict.missing),
            "missing": list(verdict.missing),
            "respond_within": dict(term.respond_within),
            "action": self._words(" ".join(dict.fromkeys(actions)) or term.action),
        }

    def _built_in(self, verdict: Verdict) -> list[tuple[Any, str]]:
        scales = self.ruleset.scales
        questions = "; ".join(self.ruleset.vocabulary[name].question for name in verdict.missing)
        words = {"missing": questions, "level": scales.urgency(verdict.level).label, "rating": verdict.rating}
        return [(scales.built_in[id_], fill(scales.built_in[id_].because, words)) for id_ in verdict.built_in]

    def _next_step(self, verdict: Verdict, open_count: int, *, settled: bool) -> str:
        steps = self.ruleset.scales.next_step
        words = {"questions": f"{open_count} of them"}
        if verdict.on_hold:
            return self._words(steps[verdict.level])
        of_rating = verdict.rating if settled or verdict.rating == INSUFFICIENT else "unsettled"
        parts = [steps["urgent_incomplete" if verdict.missing else verdict.level], steps[of_rating]]
        return self._words(fill(" ".join(dict.fromkeys(parts)), words))

    def _worded(self, reason: dict[str, Any]) -> dict[str, Any]:
        if "action" in reason:
            return reason | {"action": self._words(reason["action"])}
        return reason

    def _words(self, text: str) -> str:
        return fill(text, self.settings.words()) if "{" in text else text


def _suitability_part(verdict: Verdict, bounds: Bounds) -> dict[str, Any]:
    return {
        "rating": verdict.rating,
        "settled": bounds.suitability_settled,
        "could_become": list(bounds.suitability),
        "exact": bounds.exact,
        "for": list(verdict.targets),
        "role": verdict.role,
        "certainty": verdict.certainty,
        "limited_by": list(verdict.limited_by),
    }
