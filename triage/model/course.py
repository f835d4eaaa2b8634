"""The course of treatment that a suitable referral would enter, as ``course.yaml`` holds it."""

from __future__ import annotations

from dataclasses import dataclass

from triage.model.rule import SourceRef

Sources = tuple[SourceRef, ...]


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs without insurance, in USD."""

    first_visit_usd: int
    follow_up_usd: int


@dataclass(frozen=True, slots=True)
class Length:
    """How long a course is: the fewest and the most ``sessions``, and for whom.

    It is for a rating of one of ``targets``, given in ``role`` (None: in any) at an age of ``age_low`` to ``age_high``
    years (None: at any, known or not). Where it is not ``phased``, the phases and review points do not apply.
    """

    id: str
    sessions: tuple[int, int]
    frequency: str
    sources: Sources
    targets: frozenset[str] = frozenset()
    role: str | None = None
    age: tuple[int, int] | None = None
    phased: bool = True
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Phase:
    """A part of a course. Session numbers of 0 and below count from the last session."""

    id: str
    title: str
    first: int
    last: int
    aims: tuple[str, ...]
    techniques: tuple[str, ...]
    sources: Sources
    note: str | None = None


@dataclass(frozen=True, slots=True)
class AssessmentPoint:
    """A session, or a first and a last one, at which progress is looked at; numbered as in a phase."""

    id: str
    sessions: tuple[int, ...]
    what: str
    basis: str
    sources: Sources


@dataclass(frozen=True, slots=True)
class Course:
    """What a plan is made from; ``cited`` are all the sources that the file names, each with its place."""

    price: Price
    default: Length
    minutes: tuple[int, int]
    lengths: tuple[Length, ...]
    phases: tuple[Phase, ...]
    assessment_points: tuple[AssessmentPoint, ...]
    taper: str
    afterwards: str
    cited: Sources = ()
