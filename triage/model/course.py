"""The course of treatment that a suitable referral would start: length, phases, reviews and price."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from triage.model.fact import AGE, REMITTED
from triage.model.rule import Answers, SourceRef

Sources = tuple[SourceRef, ...]

CourseKind = Literal["acute", "maintenance", "prevention"]
"""What a course is for: treating an episode, staying well after recovery, or preventing a first episode."""


@dataclass(frozen=True, slots=True)
class Price:
    """What a visit costs in USD: these prices without insurance, the copay with insurance.

    ``insured`` names the fact that says whether the person is insured, ``copay`` the fact with the copay in USD.
    """

    first_visit_usd: int
    follow_up_usd: int
    insured: str
    copay: str


@dataclass(frozen=True, slots=True)
class Length:
    """How many sessions a course has, and for whom.

    ``sessions`` are the fewest and the most, or None where no source says. The length is for ``targets`` (empty: for
    every target). With ``remitted`` it is only for a condition answered as remitted. ``age`` is the lowest and highest
    age in years, both included; None is for every age, also one that is not known. Where ``phased`` is false, the
    phases and review points do not apply, and the whole course is shown as one part called ``title``.
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
        """Whether this length applies to the target, given the answers."""
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
    """A part of a course, from session ``first`` to ``last``. Numbers of 0 and below count from the last session."""

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
    """A session, or a first and a last one, at which progress is reviewed; numbered as in a :class:`Phase`."""

    id: str
    sessions: tuple[int, ...]
    what: str
    basis: str
    sources: Sources


@dataclass(frozen=True, slots=True)
class Course:
    """All of ``course.yaml`` that a plan is made from. ``cited`` are all sources that the file names, with places."""

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
        """The length with this id. Raises KeyError where there is none."""
        return {length.id: length for length in (self.default, *self.lengths)}[id_]

    def length_for(self, target: str, answers: Answers) -> Length:
        """The first length that fits the target, or the default where none fits."""
        return next((length for length in self.lengths if length.fits(target, answers)), self.default)
