"""All complete referrals: how many there are, and how frequent they are, by what rule sets make of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from math import prod
from typing import Literal

from triage.engines.completions.diagram import CONTRADICTION, Node, NodeTable
from triage.engines.completions.engine import MOST_NODES, conjunctions_of, functions_of
from triage.engines.completions.levels import FactLevels, Levels, all_answers
from triage.engines.completions.meaning import Meaning
from triage.engines.completions.weights import Number, Values, Weighing
from triage.model.fact import Fact
from triage.model.frequencies import Frequencies, Shares
from triage.model.rule import Value
from triage.model.ruleset import RuleSet

Scale = Literal["rating", "urgency"]

Direction = tuple[Scale, str, str]
"""A scale, the value before and the value after."""


class CompleteReferrals:
    """The complete referrals of one vocabulary, and what some rule sets make of each.

    A fact that is not asked has no answer in a complete referral. The vocabulary is that of the last rule set.
    """

    def __init__(self, *rulesets: RuleSet) -> None:
        self._rulesets = rulesets
        self._vocabulary = rulesets[-1].vocabulary
        read = [conjunction for each in rulesets for conjunction in conjunctions_of(each.deciding)]
        gates = [conjunction for fact in self._vocabulary.gated for conjunction in fact.asked_when]
        self._levels = Levels(self._vocabulary, [*read, *gates])
        table = NodeTable(MOST_NODES)
        meaning = Meaning(self._levels, table)
        self._functions = [functions_of(each, meaning) for each in rulesets]
        self._asked = [meaning.asked(fact.name) for fact in self._vocabulary.gated]

    def outcomes(self) -> Mapping[tuple[str, str], int]:
        """How many complete referrals come to each rating and level, by the first rule set."""
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): count
            for (rating, level), count in self._counted((functions.rating, functions.level)).items()
        }

    def shares(self, frequencies: Frequencies) -> Mapping[tuple[str, str], float]:
        """The expected share of each rating and level, by the first rule set."""
        functions, scales = self._functions[0], self._rulesets[0].scales
        return {
            (scales.rating_ids[rating], scales.urgency_ids[level]): share
            for (rating, level), share in self._expected((functions.rating, functions.level), frequencies).items()
        }

    def moves(self) -> Mapping[Direction, int]:
        """How many complete referrals the last rule set gives another rating or level than the first, by direction."""
        return {each: n for scale in _SCALES for each, n in self._named(scale, self._counted(self._both(scale)))}

    def expected_moves(self, frequencies: Frequencies) -> Mapping[Direction, float]:
        """The expected share of referrals that move, by direction."""
        return {
            each: share
            for scale in _SCALES
            for each, share in self._named(scale, self._expected(self._both(scale), frequencies))
        }

    def _both(self, scale: Scale) -> tuple[Node, Node]:
        before, after = self._functions[0], self._functions[-1]
        return (before.rating, after.rating) if scale == "rating" else (before.level, after.level)

    def _named(self, scale: Scale, by_ranks: Mapping[Values, Number]) -> Iterator[tuple[Direction, Number]]:
        before, after = (
            each.scales.rating_ids if scale == "rating" else each.scales.urgency_ids
            for each in (self._rulesets[0], self._rulesets[-1])
        )
        for (old, new), amount in sorted(by_ranks.items()):
            if before[old] != after[new] and amount:
                yield (scale, before[old], after[new]), amount

    def _counted(self, functions: tuple[Node, ...]) -> Mapping[Values, int]:
        """How many complete referrals there are by the values of the functions.

        All assignments are counted, and those alike but for facts that are not asked, which are as many as these have
        answers, are one referral.
        """
        weights: list[Sequence[int]] = [(1,)] * len(self._levels.sizes)
        for levels in self._levels.facts.values():
            for level, of_level in zip(levels.levels, _sizes_of_classes(levels), strict=True):
                weights[level] = of_level
        unread = prod(
            answers_to(fact) // (self._levels.facts[fact.name].answers_read if fact.name in self._levels.facts else 1)
            for fact in self._vocabulary
        )
        counted: dict[Values, int] = {}
        for values, count in Weighing(weights).of((*functions, *self._asked)).items():
            of_functions, asked = values[: len(functions)], values[len(functions) :]
            if CONTRADICTION not in of_functions:
                alike = prod(
                    answers_to(fact)
                    for fact, is_asked in zip(self._vocabulary.gated, asked, strict=True)
                    if not is_asked
                )
                counted[of_functions] = counted.get(of_functions, 0) + count * unread // alike
        return counted

    def _expected(self, functions: tuple[Node, ...], frequencies: Frequencies) -> Mapping[Values, float]:
        """The share of complete referrals, by the values of the functions, with these frequencies of answers."""
        found: dict[Values, float] = {}
        for weights in _weights(self._levels, frequencies):
            for values, weight in Weighing(weights).of(functions).items():
                if CONTRADICTION not in values:
                    found[values] = found.get(values, 0.0) + weight
        everything = sum(found.values())
        return {values: weight / everything for values, weight in found.items()}


_SCALES: tuple[Scale, Scale] = ("rating", "urgency")


def answers_to(fact: Fact) -> int:
    """How many answers a fact has."""
    return 1 << len(fact.values) if fact.is_set else len(all_answers(fact))


def _sizes_of_classes(fact: FactLevels) -> tuple[tuple[int, ...], ...]:
    """For each level of a fact the number of answers in each class; none that is given though it is not asked."""
    of_answer = tuple((1, 1) for _ in fact.members) if fact.fact.is_set else (tuple(map(len, fact.classes)),)
    return ((1, 0), *of_answer) if fact.tied else of_answer


def _weights(levels: Levels, frequencies: Frequencies) -> Iterator[list[Sequence[float]]]:
    """The share of each class of each level, once for each case of the facts that other shares depend on.

    A case is one group of answers to each such fact, the groups being what the conditions on it tell apart.
    """
    deciding = [name for name in frequencies if any(each.depends_on == name for each in frequencies.values())]
    for case in product(*(_groups(levels.vocabulary[name], frequencies) for name in deciding)):
        answers = dict(zip(deciding, case, strict=True))
        weights: list[Sequence[float]] = []
        for name, fact in levels.facts.items():
            depends_on = frequencies[name].depends_on
            shares = frequencies[name].shares_given(answers[depends_on][0] if depends_on else None)
            among = answers.get(name)
            weights.extend(_shares_of_classes(fact, shares, None if among is None else frozenset(among)))
        yield weights


def _groups(fact: Fact, frequencies: Frequencies) -> list[tuple[Value, ...]]:
    """The answers to a fact in groups for which the same shares of all other facts hold."""
    depending = [each for each in frequencies.values() if each.depends_on == fact.name]
    groups: dict[tuple[int, ...], list[Value]] = {}
    for value in all_answers(fact):
        groups.setdefault(tuple(id(each.shares_given(value)) for each in depending), []).append(value)
    return [tuple(group) for group in groups.values()]


def _shares_of_classes(
    fact: FactLevels, shares: Shares, among: frozenset[Value] | None
) -> tuple[tuple[float, ...], ...]:
    """For each level of a fact the share of each class, of the answers ``among`` which it is alone."""
    of_answer: tuple[tuple[float, ...], ...]
    if fact.fact.is_set:
        of_answer = tuple((1 - shares.of_values[each], shares.of_values[each]) for each in fact.members)
    else:
        counted = ([value for value in values if among is None or value in among] for values in fact.classes)
        of_answer = (tuple(sum((shares.of(value) for value in values), 0.0) for values in counted),)
    return ((1.0, 0.0), *of_answer) if fact.tied else of_answer
