"""The course of treatment that a suitable referral would enter, as ``course.yaml`` holds it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.model.rule import Answers, SourceRef

Sources = tuple[SourceRef, ...]

CourseKind = Literal["acute", "maintenance", "prevention"]
"""To treat, to keep well after recovery, or to keep a disorder from beginning."""

AGE = "age_years"
"""The fact that ``age`` of a length is about."""
REMITTED = "remitted"


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs without insurance, in USD."""

    first_visit_usd: int
    follow_up_usd: int


@dataclass(frozen=True, slots=True)
class Length:
    """How long a course is: the fewest and the most ``sessions`` (None where nobody knows), of what kind, for whom.

    It is for ``targets`` (none: for all), with ``remitted`` only for one that is answered so, at an age of ``age_low``
    to ``age_high`` years (None: at any, known or not). Where it is not ``phased``, the phases and review points do not
    apply, and it is one stretch that is called ``title``.
    """

    id: str
    sessions: tuple[int, int] | None
    frequency: str
    sources: Sources
    kind: CourseKind = "acute"
    targets: frozenset[str] = frozenset()
    remitted: bool = False
    age: tuple[int, int] | None = None
    phased: bool = True
    title: str | None = None
    note: str | None = None

    def fits(self, target: str, answers: Answers) -> bool:
        """Say whether the length is for this target, by the answers given."""
        if self.targets and target not in self.targets:
            return False
        if self.remitted and answers.get(target) != REMITTED:
            return False
        if self.age is None:
            return True
        low, high = self.age
        age = answers.get(AGE)
        return isinstance(age, int) and low <= age <= high


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
    afterwards_sources: Sources = ()
    cited: Sources = ()

    def length(self, id_: str) -> Length:
        """The length with this id; KeyError where there is none."""
        return {each.id: each for each in (self.default, *self.lengths)}[id_]

    def length_for(self, target: str, answers: Answers) -> Length:
        """The first length that fits the target, else the default."""
        return next((each for each in self.lengths if each.fits(target, answers)), self.default)
