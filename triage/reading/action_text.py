"""The shape of an action, as rules and scales write it."""

from __future__ import annotations

from pydantic import Field

from triage.model.rule import Action
from triage.reading.schema_words import LineWord
from triage.reading.shape import Strict


class ActionText(Strict):
    """What a coordinator does, as a file writes it."""

    first: str = Field(min_length=1)
    do: list[str] = Field(default_factory=list)
    ask: list[str] = Field(default_factory=list)
    also: list[LineWord] = Field(default_factory=list)
    more: list[str] = Field(default_factory=list)

    def action(self) -> Action:
        """The action, each line without the breaks of the file."""
        return Action(
            line(self.first),
            tuple(map(line, self.do)),
            tuple(map(line, self.ask)),
            tuple(self.also),
            tuple(map(line, self.more)),
        )


class RuleActionText(ActionText):
    """The action of a rule: one that sets no shorter time has additive lines only."""

    first: str = ""


def line(text: str) -> str:
    """Join a text that a file breaks over several lines."""
    return " ".join(text.split())
