"""The weight of each class of each level: the number of its answers, or the share of referrals with one of them.

A fact that is not asked is taken to have no given answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from math import prod

from triage.engines.completions.levels import FactLevels, Levels
from triage.model.fact import Fact
from triage.model.frequencies import Frequencies, Shares
from triage.model.rule import Value


def answers_to(fact: Fact) -> int:
    """The number of possible answers to a fact; for a set, the number of its subsets."""
    return 1 << len(fact.values) if fact.is_set else len(fact.all_answers)


def answers_not_read(levels: Levels) -> int:
    """The number of combinations of answers to what has no level: some facts, and some members of sets."""
    read = prod(fact.answers_read for fact in levels.facts.values())
    return prod(answers_to(fact) for fact in levels.vocabulary) // read


def sizes(levels: Levels) -> list[Sequence[int]]:
    """The number of answers in each class of each level."""
    return [of_level for fact in levels.facts.values() for of_level in _sizes_of_classes(fact)]


def _sizes_of_classes(fact: FactLevels) -> tuple[tuple[int, ...], ...]:
    """The number of answers in each class of each level of a fact.

    The class "an answer was given although the fact is not asked" has none.
    """
    of_answer = tuple((1, 1) for _ in fact.members) if fact.fact.is_set else (tuple(map(len, fact.classes)),)
    return ((1, 0), *of_answer) if fact.notes_given else of_answer


def shares(levels: Levels, frequencies: Frequencies) -> Iterator[tuple[float, list[Sequence[float]]]]:
    """The share of each class of each level, for each case of the facts that other shares depend on.

    A case is one group of answers to each such fact; the same shares of all other facts hold for all answers of a
    group. Gives the share of each case (0 to 1), with the shares of the classes in it.
    """
    deciding = [name for name in frequencies if any(fact.depends_on == name for fact in frequencies.values())]
    for case in product(*(_groups(levels.vocabulary[name], frequencies) for name in deciding)):
        groups = dict(zip(deciding, case, strict=True))
        of_case = prod(_share_of(group, frequencies[name].shares) for name, group in groups.items())
        if of_case:
            yield of_case, _within(groups, levels, frequencies)


def _groups(fact: Fact, frequencies: Frequencies) -> list[tuple[Value, ...]]:
    """The answers to a fact in groups for which the same shares of all other facts hold."""
    depending = [frequency for frequency in frequencies.values() if frequency.depends_on == fact.name]
    groups: dict[tuple[int, ...], list[Value]] = {}
    for value in fact.all_answers:
        groups.setdefault(tuple(id(frequency.shares_given(value)) for frequency in depending), []).append(value)
    return [tuple(group) for group in groups.values()]


def _within(groups: Mapping[str, tuple[Value, ...]], levels: Levels, frequencies: Frequencies) -> list[Sequence[float]]:
    """The share of each class of each level among referrals whose answers are in the groups."""
    weights: list[Sequence[float]] = []
    for name, fact in levels.facts.items():
        depends_on = frequencies[name].depends_on
        of_fact = frequencies[name].shares_given(groups[depends_on][0] if depends_on else None)
        weights.extend(_shares_of_classes(fact, of_fact, frozenset(groups.get(name, fact.fact.all_answers))))
    return weights


def _shares_of_classes(fact: FactLevels, of_fact: Shares, among: frozenset[Value]) -> tuple[tuple[float, ...], ...]:
    """The share of each class of each level of a fact. For a fact that is not a set, only answers ``among`` count."""
    of_answer: tuple[tuple[float, ...], ...]
    if fact.fact.is_set:
        of_answer = tuple((1 - of_fact.of_values[member], of_fact.of_values[member]) for member in fact.members)
    else:
        of_classes = [_share_of([value for value in answers if value in among], of_fact) for answers in fact.classes]
        of_answer = (tuple(share / sum(of_classes) for share in of_classes),)
    return ((1.0, 0.0), *of_answer) if fact.notes_given else of_answer


def _share_of(answers: Iterable[Value], of_fact: Shares) -> float:
    return sum((of_fact.of(answer) for answer in answers), 0.0)
