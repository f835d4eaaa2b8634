"""The label table: how each value, therapy, format, problem area, condition, fact and answer is called for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from triage.answer.model import NumberRange
from triage.model.fact import Fact
from triage.model.rule import UNKNOWN
from triage.model.ruleset import RuleSet
from triage.model.text import in_sentence


class Labels:
    """The labels of one rule set."""

    def __init__(self, ruleset: RuleSet) -> None:
        scales = ruleset.scales
        plain = (*scales.ratings, *scales.reported, *scales.certainties, *scales.roles, *scales.foci, *scales.dangers)
        self._terms = {term.id: term.label for term in plain}
        self._terms |= {term.id: term.label for term in scales.formats}
        self._terms |= {therapy.id: therapy.label for therapy in scales.therapies}
        self._terms |= {term.id: term.label for term in scales.urgencies}
        self._targets = {target.id: target.label for target in scales.targets}
        self._vocabulary = ruleset.vocabulary

    def __contains__(self, id_: object) -> bool:
        return id_ in self._terms

    def term(self, id_: str) -> str:
        """The label of a value of a scale, a therapy, a format, a problem area or a target; else KeyError."""
        label = self._terms.get(id_) or self._targets.get(id_)
        return label if label is not None else self._vocabulary[id_].title

    def term_in_sentence(self, id_: str) -> str:
        """The same label as part of a sentence."""
        return in_sentence(self.term(id_))

    def all_of(self, ids: Iterable[str]) -> str:
        """The labels of several, joined in a sentence."""
        return " and ".join(self.term_in_sentence(id_) for id_ in ids)

    def purpose(self, ids: Iterable[str]) -> str:
        """What something is for, as part of a sentence: " for major depression", " to prevent"; empty without any."""
        labels = self.all_of(ids)
        return f" {'' if labels.startswith('to ') else 'for '}{labels}" if labels else ""

    def span(self, ids: Iterable[str]) -> str:
        """Values of a scale one after the other."""
        return " / ".join(self.term(id_) for id_ in ids)

    def fact(self, name: str) -> str:
        """A fact's short name as part of a sentence; KeyError for a name that is no fact's."""
        return in_sentence(self._vocabulary[name].title)

    def facts(self, names: Iterable[str]) -> str:
        """Several facts' short names as part of a sentence."""
        return ", ".join(self.fact(name) for name in names)

    def answer(self, name: str, value: Any) -> str:
        """The label of an answer to the fact ``name``."""
        return answer_label(self._vocabulary[name], value)


def answer_label(fact: Fact, value: Any) -> str:
    """The label of an answer, given as the engine has it (a set) or as JSON has it (a list, a range)."""
    if value == UNKNOWN:
        return "Asked, not known"
    if isinstance(value, NumberRange):
        return with_unit(f"{value.from_} to {value.to}", fact)
    return fact.label_of(frozenset(value) if isinstance(value, list) else value)


def with_unit(number: str, fact: Fact) -> str:
    """A number, or a range of them, with the unit that the fact is counted in."""
    return f"{number} {fact.unit}".rstrip()
