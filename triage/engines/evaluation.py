"""The result of evaluating all rules on one referral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from triage.model.rule import Answers, Truth, Value


@dataclass(frozen=True)
class Evaluation:
    """The truth of each active rule by id, on one referral.

    ``derived`` are the values that rules derived, by fact. ``answers`` are the answers given together with these.
    ``asked`` says whether each gated fact is asked, as ``Vocabulary.asked_all`` gives it.
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
        """The ids of the open rules: whether they fire is not yet known."""
        return frozenset(id_ for id_, truth in self.truths.items() if truth is None)
