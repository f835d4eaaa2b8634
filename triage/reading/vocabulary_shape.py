"""The shape of ``vocabulary.yaml``: its keys and the types of their values, as pydantic models."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from triage.model.fact import Clause
from triage.reading.shape import Strict


class ExampleText(Strict):
    """A case of a value, and a case that is often mistaken for it."""

    yes: str
    no: str


class LabelText(Strict):
    """One value of a fact."""

    label: str
    help: str = ""
    example: ExampleText | None = None
    targets: list[str] = Field(default_factory=list)
    also_remitted: bool = False
    when_no_target_is_supported: Literal["all_lead", "all_lead_capped"] | None = None

    @property
    def leads(self) -> bool:
        """Whether the file says what a leading problem with this value is about."""
        return bool(self.targets) or self.also_remitted or self.when_no_target_is_supported is not None


class GroupText(Strict):
    """A section of the form."""

    id: str
    title: str
    help: str = ""


class CoreText(Strict):
    """When a fact is core: ``when`` conditions hold, or once the fact ``given`` has an answer."""

    when: dict[str, Any] | list[dict[str, Any]] | None = None
    given: str | None = None


class ReassuringText(Strict):
    """Which answers of a core fact are reassuring."""

    values: list[str] = Field(default_factory=list)
    but: list[Clause] = Field(default_factory=list)
    in_part: list[str] = Field(default_factory=list)


class FloorText(Strict):
    """The floor of a fact, and the conditions under which it applies (``while``)."""

    level: str
    held_while: dict[str, Any] | list[dict[str, Any]] = Field(alias="while")


class FactText(Strict):
    """One fact."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    title: str = Field(min_length=1)
    type: Literal["yes_no", "choice", "choices", "integer", "condition"]
    group: str
    question: str = Field(min_length=1)
    help: str = ""
    unit: str = ""
    values: dict[str, LabelText] = Field(default_factory=dict)
    min: int | None = None
    max: int | None = None
    ordered: bool = False
    neutral: Any = None
    core_safety: Literal["always"] | CoreText | None = None
    asked_when: Any = None
    reassuring: ReassuringText = ReassuringText()
    floor: FloorText | None = None
    changeable: bool = False
    ask_alone: bool = False
    codes: dict[str, Any] = Field(default_factory=dict)


class ConstraintText(Strict):
    """A constraint: ``lower`` and ``upper``, or ``never`` with or without ``given``."""

    id: str
    message: str
    lower: str | None = None
    upper: str | None = None
    plus: int = 0
    never: dict[str, Any] | None = None
    given: str | None = None


class SpeakerText(Strict):
    """A kind of person who may have given an answer."""

    id: str
    label: str
    counts: bool
    why: str = ""


class CloudedText(Strict):
    """A state in which no reassuring answer counts."""

    when: dict[str, Any]
    why: str = Field(min_length=1)


class VocabularyText(Strict):
    """The whole file."""

    groups: list[GroupText]
    facts: list[FactText] = Field(min_length=1)
    constraints: list[ConstraintText] = Field(default_factory=list)
    said_by: list[SpeakerText] = Field(default_factory=list)
    clouded_while: list[CloudedText] = Field(default_factory=list)
    leading_fact: str | None = None
    not_a_condition_beside: list[str] = Field(default_factory=list)
    outside: list[str] = Field(default_factory=list)
