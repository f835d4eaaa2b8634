"""Count all complete referrals, or add up their expected shares, by rating and level under one or more rule sets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from math import prod
from typing import Literal

from triage.engines.completions.class_weights import answers_not_read, answers_to, shares, sizes
from triage.engines.completions.diagram import CONTRADICTION, Node, NodeTable
from triage.engines.completions.engine import MOST_NODES, functions_of, read_by
from triage.engines.completions.levels import Levels
from triage.engines.completions.meaning import Meaning
from triage.engines.completions.weights import Number, Values, Weighing
from triage.model.frequencies import Frequencies
from triage.model.ruleset import RuleSet

Scale = Literal["rating", "urgency"]

Direction = tuple[Scale, str, str]
"""A scale, the value before and the value after."""

_SCALES: tuple[Scale, Scale] = ("rating", "urgency")


class OnlyContradictions(Exception):
    """With these frequencies, every complete referral breaks a constraint."""


class CompleteReferrals:
    """All complete referrals of one vocabulary, with their ratings and levels under one or more rule sets.

    A fact that is not asked has no answer in a complete referral. The vocabulary is that of the last rule set. Raises
    DiagramTooLarge where the diagrams of the rule sets take more than ``MOST_NODES`` nodes.
    """

    def __init__(self, *rulesets: RuleSet) -> None:
        self._rulesets = rulesets
        self._vocabulary = rulesets[-1].vocabulary
        read = [conjunction for ruleset in rulesets for conjunction in read_by(ruleset)]
        gates = [conjunction for fact in self._vocabulary.gated for conjunction in fact.asked_when]
        self._levels = Levels(self._vocabulary, [*read, *gates])
        table = NodeTable(MOST_NODES)
        meaning = Meaning(self._levels, table)
        self._functions = [functions_of(ruleset, meaning) for ruleset in rulesets]
        self._asked = [meaning.gate_open(fact) for fact in self._vocabulary.gated]

    @property
    def count(self) -> int:
        """The number of complete referrals."""
        return sum(self._counted((self._functions[0].level,)).values())

    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """The number of complete referrals by rating and level, under the first rule set."""
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): count
            for (rating, level), count in self._counted((functions.rating, functions.level)).items()
        }

    def shares(self, frequencies: Frequencies) -> Mapping[tuple[str, str], float]:
        """The expected share (0 to 1) of each rating and level, under the first rule set.

        Raises OnlyContradictions.
        """
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): share
            for (rating, level), share in self._expected((functions.rating, functions.level), frequencies).items()
        }

    def moves(self) -> Mapping[Direction, int]:
        """The number of complete referrals whose rating or level differs between first and last rule set."""
        return {
            direction: n for scale in _SCALES for direction, n in self._named(scale, self._counted(self._both(scale)))
        }

    def expected_moves(self, frequencies: Frequencies) -> Mapping[Direction, float]:
        """The expected share (0 to 1) of referrals whose rating or level differs. Raises OnlyContradictions."""
        return {
            direction: share
            for scale in _SCALES
            for direction, share in self._named(scale, self._expected(self._both(scale), frequencies))
        }

    def _both(self, scale: Scale) -> tuple[Node, Node]:
        before, after = self._functions[0], self._functions[-1]
        return (before.rating, after.rating) if scale == "rating" else (before.level, after.level)

    def _named(self, scale: Scale, by_ranks: Mapping[Values, Number]) -> Iterator[tuple[Direction, Number]]:
        before, after = (
            ruleset.scales.rating_ids if scale == "rating" else ruleset.scales.urgency_ids
            for ruleset in (self._rulesets[0], self._rulesets[-1])
        )
        for (old, new), amount in sorted(by_ranks.items()):
            if before[old] != after[new] and amount:
                yield (scale, before[old], after[new]), amount

    def _counted(self, functions: tuple[Node, ...]) -> Mapping[Values, int]:
        """The number of complete referrals by the values of the functions.

        The diagrams count assignments of an answer to every fact. Assignments that differ only in facts that are not
        asked are one referral, so the count is divided by the number of these.
        """
        counted: dict[Values, int] = {}
        for values, count in Weighing(sizes(self._levels)).of((*functions, *self._asked)).items():
            of_functions, asked = values[: len(functions)], values[len(functions) :]
            if CONTRADICTION not in of_functions:
                referrals = count * answers_not_read(self._levels) // self._alike(asked)
                counted[of_functions] = counted.get(of_functions, 0) + referrals
        return counted

    def _alike(self, asked: Sequence[int]) -> int:
        """The number of assignments that differ only in facts not asked. ``asked`` is 0 or 1 for each gated fact."""
        gated = zip(self._vocabulary.gated, asked, strict=True)
        return prod(answers_to(fact) for fact, is_asked in gated if not is_asked)

    def _expected(self, functions: tuple[Node, ...], frequencies: Frequencies) -> Mapping[Values, float]:
        """The share of complete referrals by the values of the functions, given the frequencies of answers."""
        by_values: dict[Values, float] = {}
        for of_case, weights in shares(self._levels, frequencies):
            for values, weight in Weighing(weights).of(functions).items():
                if CONTRADICTION not in values:
                    by_values[values] = by_values.get(values, 0.0) + of_case * weight
        everything = sum(by_values.values())
        if not everything:
            raise OnlyContradictions("With these frequencies every referral contradicts itself: no share can be given.")
        return {values: weight / everything for values, weight in by_values.items()}
