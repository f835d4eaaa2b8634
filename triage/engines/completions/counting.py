"""All complete referrals: how many there are, and how frequent they are, by what rule sets make of them."""

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
    """Frequencies by which no complete referral keeps the constraints."""


class CompleteReferrals:
    """The complete referrals of one vocabulary, and what some rule sets make of each.

    A fact that is not asked has no answer in a complete referral. The vocabulary is that of the last rule set.
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
        """How many there are."""
        return sum(self._counted((self._functions[0].level,)).values())

    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """How many complete referrals come to each rating and level, by the first rule set."""
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): count
            for (rating, level), count in self._counted((functions.rating, functions.level)).items()
        }

    def shares(self, frequencies: Frequencies) -> Mapping[tuple[str, str], float]:
        """The expected share of each rating and level, by the first rule set. Raises OnlyContradictions."""
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): share
            for (rating, level), share in self._expected((functions.rating, functions.level), frequencies).items()
        }

    def moves(self) -> Mapping[Direction, int]:
        """How many complete referrals the last rule set gives another rating or level than the first, by direction."""
        return {
            direction: n for scale in _SCALES for direction, n in self._named(scale, self._counted(self._both(scale)))
        }

    def expected_moves(self, frequencies: Frequencies) -> Mapping[Direction, float]:
        """The expected share of referrals that move, by direction. Raises OnlyContradictions."""
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
        """How many complete referrals there are by the values of the functions.

        All assignments are counted, and those alike but for facts that are not asked, which are as many as these have
        answers, are one referral.
        """
        counted: dict[Values, int] = {}
        for values, count in Weighing(sizes(self._levels)).of((*functions, *self._asked)).items():
            of_functions, asked = values[: len(functions)], values[len(functions) :]
            if CONTRADICTION not in of_functions:
                referrals = count * answers_not_read(self._levels) // self._alike(asked)
                counted[of_functions] = counted.get(of_functions, 0) + referrals
        return counted

    def _alike(self, asked: Sequence[int]) -> int:
        """How many assignments differ only in the facts that are not asked, ``asked`` being 0 or 1 for each detail."""
        gated = zip(self._vocabulary.gated, asked, strict=True)
        return prod(answers_to(fact) for fact, is_asked in gated if not is_asked)

    def _expected(self, functions: tuple[Node, ...], frequencies: Frequencies) -> Mapping[Values, float]:
        """The share of complete referrals, by the values of the functions, with these frequencies of answers."""
        by_values: dict[Values, float] = {}
        for of_case, weights in shares(self._levels, frequencies):
            for values, weight in Weighing(weights).of(functions).items():
                if CONTRADICTION not in values:
                    by_values[values] = by_values.get(values, 0.0) + of_case * weight
        everything = sum(by_values.values())
        if not everything:
            raise OnlyContradictions("With these frequencies every referral contradicts itself: no share can be given.")
        return {values: weight / everything for values, weight in by_values.items()}
