"""Whether some complete referral makes one alternative of a rule hold.

An answer to a core fact that is not asked may be given in it: by such an answer the fact counts as asked.
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
    """Decides for some rules, one alternative after another, whether it can hold."""

    def __init__(self, vocabulary: Vocabulary, rules: Collection[Rule]) -> None:
        self._meaning = Meaning(Levels(vocabulary, conjunctions_of(rules)), NodeTable())
        self._broken = self._meaning.broken()

    def can_hold(self, alternative: Conjunction, unless: Conjunction) -> bool:
        """Say whether all of the alternative and nothing of ``unless`` can hold, with no constraint broken."""
        fires = self._meaning.fires([alternative], unless)
        return bool(self._meaning.where_kept(fires, self._broken).values & 0b10)
