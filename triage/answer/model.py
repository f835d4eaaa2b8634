"""The answer to one referral, as a type: what the service, the pages, the command line and Python callers read.

Its JSON has these keys and no others, in this order; ``for_`` is written `for`, and what is UNSET is left out.
"""

from __future__ import annotations

from typing import Literal

from msgspec import UNSET, UnsetType

from triage.model.scales import CORE_UNANSWERED, HIGHEST_URGENCY, ON_HOLD
from triage.model.written import Written

GivenAnswer = str | int | list[str]
"""An answer to a question: a value's id, a number, or the members of a set."""


class Citation(Written, frozen=True, omit_defaults=True):
    """Where knowledge comes from: a source's id, with the page's claim or what was found."""

    id: str
    claim: str | None = None
    finding: str | None = None


class SuitabilityPart(Written, frozen=True):
    """How suitable the therapy is: the rating so far, what it can still become, and what it is for."""

    rating: str
    settled: bool
    could_become: tuple[str, ...]
    exact: bool
    for_: tuple[str, ...]
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]


class Within(Written, frozen=True, omit_defaults=True):
    """The time in which a clinician must act: business days, or hours of the clock, and hours for the assessment."""

    business_days: int | None = None
    hours: int | None = None
    assess_within: Within | None = None


class UrgencyPart(Written, frozen=True):
    """How soon a clinician must act, what the coordinator does now, and which safety questions are not answered."""

    level: str
    settled: bool
    could_become: tuple[str, ...]
    exact: bool
    incomplete: bool
    missing: tuple[str, ...]
    respond_within: Within
    action: str


class Reason(Written, frozen=True):
    """Why: a rule that fired, or what the way of deciding adds, with the answers behind it and its sources.

    What follows the sources is there for some effects only: `for` and `role` of a support, `role` and `until` of a
    limit, `action` of an urgency, `fact` of what is taken to hold, `stance` of a format, `topic` and `favours` of
    advice.
    """

    rule: str
    effect: str
    value: str | None
    title: str
    because: str
    certainty: str | None
    facts: dict[str, GivenAnswer]
    sources: tuple[Citation, ...]
    for_: tuple[str, ...] | UnsetType = UNSET
    role: str | UnsetType | None = UNSET
    until: str | UnsetType | None = UNSET
    action: str | UnsetType = UNSET
    fact: str | UnsetType = UNSET
    stance: Literal["suited", "unsuited"] | UnsetType = UNSET
    topic: str | UnsetType = UNSET
    favours: str | UnsetType | None = UNSET


class ProblemArea(Written, frozen=True):
    """An interpersonal problem area that the therapy could work on; the first two are proposed."""

    area: str
    proposed: bool
    because: str
    facts: dict[str, GivenAnswer]
    rules: tuple[str, ...]


class FormatStance(Written, frozen=True):
    """A format that is suited, or is not."""

    format: str
    stance: Literal["suited", "unsuited"]
    because: str
    rules: tuple[str, ...]


class OfferedTherapy(Written, frozen=True):
    """A therapy to offer first, or beside."""

    therapy: str
    first: bool
    because: str
    sources: tuple[Citation, ...]
    rules: tuple[str, ...]


class TieBreaker(Written, frozen=True):
    """A weak point for one of the two therapies that are compared."""

    rule: str
    title: str
    because: str


class Comparison(Written, frozen=True):
    """What speaks for each of the two therapies for this referral; it changes no rating."""

    ipt: tuple[TieBreaker, ...]
    cbt: tuple[TieBreaker, ...]


class NumberRange(Written, frozen=True):
    """Whole numbers from one to another, both included."""

    from_: int
    to: int


class Consequence(Written, frozen=True):
    """What could still be once a question has this answer: ratings and urgencies, lowest first."""

    answer: str | int | list[str] | NumberRange
    suitability: tuple[str, ...]
    urgency: tuple[str, ...]


class UnansweredQuestion(Written, frozen=True):
    """A question whose answer can still change rating or urgency, with what each answer would leave."""

    fact: str
    question: str
    can_change: tuple[str, ...]
    would: tuple[Consequence, ...]


class PhaseSessions(Written, frozen=True):
    """First and last session of a phase, in the shortest and in the longest course."""

    shortest: tuple[int, int]
    longest: tuple[int, int]


class Phase(Written, frozen=True):
    """One phase of the course."""

    id: str
    title: str
    sessions: PhaseSessions
    aims: tuple[str, ...]
    techniques: tuple[str, ...]
    note: str | None
    sources: tuple[Citation, ...]


class AssessmentPoint(Written, frozen=True):
    """A session at which progress is measured, or the first and last of a stretch of them, and what follows."""

    id: str
    sessions: tuple[int, ...]
    what: str
    basis: str
    sources: tuple[Citation, ...]


class Cost(Written, frozen=True):
    """What the shortest and the longest course cost the person, in USD."""

    low: int
    high: int


class Course(Written, frozen=True):
    """The course that the referral would enter: fewest and most sessions, phases, points of review, cost."""

    plan: str
    sessions: tuple[int, int]
    frequency: str
    minutes: tuple[int, ...]
    note: str | None
    phases: tuple[Phase, ...]
    assessment_points: tuple[AssessmentPoint, ...]
    taper: str
    afterwards: str
    cost_usd: Cost | None
    sources: tuple[Citation, ...]


class RuleSetUsed(Written, frozen=True):
    """Which rule set answered."""

    name: str
    version: str
    digest: str


class Answer(Written, frozen=True):
    """The whole answer to one referral. The same referral gives the same answer."""

    reference: str | None
    suitability: SuitabilityPart
    urgency: UrgencyPart
    reasons: tuple[Reason, ...]
    focus: tuple[ProblemArea, ...]
    formats: tuple[FormatStance, ...]
    alternatives: tuple[OfferedTherapy, ...]
    comparison: Comparison
    unanswered: tuple[UnansweredQuestion, ...]
    not_used: tuple[str, ...]
    course: Course | None
    next_step: str
    ruleset: RuleSetUsed

    @property
    def on_hold(self) -> bool:
        """Whether the rating is held back: safety first."""
        return self.suitability.rating == ON_HOLD

    @property
    def is_emergency(self) -> bool:
        """Whether someone must act at once, so that nothing more is asked."""
        return self.urgency.level == HIGHEST_URGENCY

    def reasons_of(self, effect: str) -> tuple[Reason, ...]:
        """The reasons of one effect to be shown: at an emergency without the one that lists what is still to ask."""
        hidden = CORE_UNANSWERED if self.is_emergency else None
        return tuple(each for each in self.reasons if each.effect == effect and each.rule != hidden)
