"""The answer to one referral, as a type: what the service, the pages, the command line and Python callers read.

Its JSON has exactly these keys, in this order. ``for_`` is written as `for`, ``from_`` as `from`.
"""

from __future__ import annotations

from typing import Literal

from triage.model.scales import CORE_UNANSWERED, HIGHEST_URGENCY, ON_HOLD
from triage.model.written import Written

GivenAnswer = str | int | list[str]
"""An answer to a question: a value's id, a number, or the members of a set, with "unknown" where there may be more."""

State = Literal["sorted", "not_sorted"]


class Citation(Written, frozen=True, omit_defaults=True):
    """A cited source: its id, with the claim of the service page or the finding that is cited."""

    id: str
    claim: str | None = None
    finding: str | None = None


class Within(Written, frozen=True, omit_defaults=True):
    """The time within which a clinician must act, in business days or in hours; and the time for the assessment."""

    business_days: int | None = None
    hours: int | None = None
    assess_within: Within | None = None


class ComposedAction(Written, frozen=True):
    """What the coordinator does.

    ``first`` is what to do now, ``do`` at most two further lines, ``ask`` at most one question. ``never`` and ``also``
    are additive lines, all of which are always shown. ``more`` is for later.
    """

    first: str
    do: tuple[str, ...]
    ask: tuple[str, ...]
    never: tuple[str, ...]
    also: tuple[str, ...]
    more: tuple[str, ...]

    @property
    def lines(self) -> tuple[str, ...]:
        """The lines after the first, in the order in which they are shown; without those for later."""
        return (*self.do, *self.ask, *self.never, *self.also)


class UrgencyPart(Written, frozen=True):
    """How soon a clinician must act, what the coordinator does now, and which safety questions are not answered.

    ``state`` is `not_sorted` where the level rests on unanswered safety questions alone.
    """

    level: str
    state: State
    settled: bool
    could_become: tuple[str, ...]
    exact: bool
    missing: tuple[str, ...]
    respond_within: Within
    action: ComposedAction

    @property
    def is_emergency(self) -> bool:
        """Whether the level is the highest: someone must act at once, so no further question is asked."""
        return self.level == HIGHEST_URGENCY

    @property
    def not_sorted(self) -> bool:
        """Whether the level rests on unanswered safety questions alone."""
        return self.state == "not_sorted"


class TargetPart(Written, frozen=True):
    """One target that a fired rule supports (a condition, a life problem or prevention), with its own rating."""

    target: str
    leading: bool
    rating: str
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]


class SuitabilityPart(Written, frozen=True):
    """How suitable the therapy is: the overall rating, what it can still become, and the rating of each target.

    ``for_`` are the leading targets that have the overall rating.
    """

    rating: str
    settled: bool
    could_become: tuple[str, ...]
    exact: bool
    for_: tuple[str, ...]
    role: str | None
    certainty: str | None
    limited_by: tuple[str, ...]
    targets: tuple[TargetPart, ...]


class Reason(Written, frozen=True):
    """A reason of the answer: a rule that fired or a built-in reason, with the answers behind it and its sources.

    ``target`` is what a support is for. ``decides`` says whether the level or the rating rests on this reason.
    """

    rule: str
    effect: str
    value: str | None
    target: str | None
    title: str
    because: str
    certainty: str | None
    decides: bool
    facts: dict[str, GivenAnswer]
    sources: tuple[Citation, ...]


class OfferedTherapy(Written, frozen=True):
    """A therapy that is offered before IPT (first), as a choice beside it, or as one more; and its targets."""

    therapy: str
    offer: Literal["first", "beside", "more"]
    for_: tuple[str, ...]
    because: str
    sources: tuple[Citation, ...]


class ProblemArea(Written, frozen=True):
    """An interpersonal problem area that the therapy could work on. The first two are proposed."""

    area: str
    proposed: bool
    because: str
    facts: dict[str, GivenAnswer]


class FormatStance(Written, frozen=True):
    """A format of the sessions, and whether it is suited."""

    format: str
    stance: Literal["suited", "unsuited"]
    because: str


class TieBreaker(Written, frozen=True):
    """A weak argument for one of the two therapies that are compared."""

    rule: str
    title: str
    because: str


class Comparison(Written, frozen=True):
    """The arguments for each of the two therapies for this referral. They change no rating."""

    ipt: tuple[TieBreaker, ...] = ()
    cbt: tuple[TieBreaker, ...] = ()


class PhaseSessions(Written, frozen=True):
    """The first and last session of a phase, in the shortest and in the longest course."""

    shortest: tuple[int, int]
    longest: tuple[int, int]


class ReviewPoint(Written, frozen=True):
    """The session at which progress is reviewed, or the first and last of several; what is done, and on what basis."""

    id: str
    sessions: tuple[int, ...]
    what: str
    basis: str
    sources: tuple[Citation, ...]


class Phase(Written, frozen=True):
    """One phase of the course, or the time after it, which has no sessions."""

    id: str
    title: str
    sessions: PhaseSessions | None
    frequency: str | None
    minutes: tuple[int, ...]
    aims: tuple[str, ...]
    techniques: tuple[str, ...]
    reviews: tuple[ReviewPoint, ...]
    notes: tuple[str, ...]
    sources: tuple[Citation, ...]


class Cost(Written, frozen=True):
    """What the shortest and the longest course cost the person, in USD."""

    low: int
    high: int


class Course(Written, frozen=True):
    """The course that the referral would start. ``sessions`` are the fewest and the most, or None if not known."""

    kind: str
    sessions: tuple[int, int] | None
    phases: tuple[Phase, ...]
    cost_usd: Cost | None


class NumberRange(Written, frozen=True):
    """Whole numbers from one to another, both included."""

    from_: int
    to: int


class Consequence(Written, frozen=True):
    """The ratings and urgencies that are possible once a question has this answer, each lowest first."""

    answer: str | int | list[str] | NumberRange
    suitability: tuple[str, ...]
    urgency: tuple[str, ...]


class UnansweredQuestion(Written, frozen=True):
    """A question whose answer can still change the rating or the urgency, with the consequence of each answer.

    ``pivotal`` says whether an answer to this question alone can change the rating or the level so far.
    """

    fact: str
    question: str
    can_change: tuple[str, ...]
    pivotal: bool
    would: tuple[Consequence, ...]


class NotCountedAnswer(Written, frozen=True):
    """An answer that is kept as given and evaluated as unknown, and why."""

    fact: str
    why: str


class RuleSetUsed(Written, frozen=True):
    """The rule set that the answer was made with."""

    name: str
    version: str
    digest: str


class Answer(Written, frozen=True):
    """The whole answer to one referral. The same referral always gives the same answer."""

    reference: str | None
    urgency: UrgencyPart
    suitability: SuitabilityPart
    next_step: str
    reasons: tuple[Reason, ...]
    alternatives: tuple[OfferedTherapy, ...]
    focus: tuple[ProblemArea, ...]
    formats: tuple[FormatStance, ...]
    comparison: Comparison
    course: Course | None
    unanswered: tuple[UnansweredQuestion, ...]
    not_used: tuple[str, ...]
    not_counted: tuple[NotCountedAnswer, ...]
    outside: tuple[str, ...]
    ruleset: RuleSetUsed

    @property
    def on_hold(self) -> bool:
        """Whether no rating is shown because the urgency comes first."""
        return self.suitability.rating == ON_HOLD

    @property
    def is_emergency(self) -> bool:
        """Whether the level is the highest: someone must act at once, so no further question is asked."""
        return self.urgency.is_emergency

    def reasons_of(self, effect: str) -> tuple[Reason, ...]:
        """The reasons with this effect that are shown.

        At the highest level, the list of unanswered safety questions is left out unless the level rests on it.
        """
        return tuple(
            reason
            for reason in self.reasons
            if reason.effect == effect
            and not (self.is_emergency and reason.rule == CORE_UNANSWERED and not reason.decides)
        )
