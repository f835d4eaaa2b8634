"""What an engine that gives truths says of one referral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from triage.model.rule import Answers, Truth, Value


@dataclass(frozen=True)
class Evaluation:
    """The truth of each rule by id, the facts that were derived, and the answers with what was derived among them.

    ``asked`` says of each fact that is only sometimes asked whether it is, as ``Vocabulary.asked_all`` does.
    """

    truths: Mapping[str, Truth]
    derived: Mapping[str, Value]
    answers: Answers
    asked: Mapping[str, Truth]

    @cached_property
    def fired(self) -> frozenset[str]:
        """The ids of the rules that fired."""
        return frozenset(id_ for id_, truth in self.truths.items() if truth)

    @property
    def open(self) -> frozenset[str]:
        """The ids of the rules of which it is not yet known whether they fire."""
        return frozenset(id_ for id_, truth in self.truths.items() if truth is None)
