"""Decide whether an alternative of a rule can hold in some complete referral.

The referral may have an answer to a fact whose gate is closed, where the fact can be core: such a fact counts as asked.
"""

from __future__ import annotations

from collections.abc import Collection

from triage.engines.completions.diagram import NodeTable
from triage.engines.completions.engine import conjunctions_of
from triage.engines.completions.levels import Levels
from triage.engines.completions.meaning import Meaning
from triage.model.rule import Conjunction, Rule
from triage.model.vocabulary import Vocabulary


class Satisfiability:
    """Decides whether alternatives of the given rules can hold."""

    def __init__(self, vocabulary: Vocabulary, rules: Collection[Rule]) -> None:
        self._meaning = Meaning(Levels(vocabulary, conjunctions_of(rules)), NodeTable())
        self._broken = self._meaning.broken()

    def can_hold(self, alternative: Conjunction, unless: Conjunction) -> bool:
        """Whether the alternative can hold while no condition of ``unless`` does and no constraint is broken."""
        fires = self._meaning.fires([alternative], unless)
        if not fires.support & self._broken.support:  # no fact decides both, so that each can be met by itself
            return bool(fires.values & 0b10 and self._broken.values & 0b01)
        return bool(self._meaning.where_kept(fires, self._broken).values & 0b10)
