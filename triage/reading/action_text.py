"""The shape of an action in a rule file or in ``scales.yaml``."""

from __future__ import annotations

from pydantic import Field

from triage.model.rule import Action
from triage.reading.schema_words import LineWord
from triage.reading.shape import Strict


class ActionText(Strict):
    """An action in a file; see :class:`triage.model.rule.Action`."""

    first: str = Field(min_length=1)
    do: list[str] = Field(default_factory=list)
    ask: list[str] = Field(default_factory=list)
    also: list[LineWord] = Field(default_factory=list)
    more: list[str] = Field(default_factory=list)

    def action(self) -> Action:
        """The action, with every text on one line."""
        return Action(
            line(self.first),
            tuple(map(line, self.do)),
            tuple(map(line, self.ask)),
            tuple(self.also),
            tuple(map(line, self.more)),
        )


class RuleActionText(ActionText):
    """The action of a rule. Only a rule at the lowest urgency leaves ``first`` out."""

    first: str = ""


def line(text: str) -> str:
    """The text on one line, with single spaces."""
    return " ".join(text.split())
