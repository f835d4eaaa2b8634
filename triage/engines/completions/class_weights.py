"""What each class of each level weighs: the number of its answers, or the share of referrals that have one of them.

No answer is taken to be given to a fact that is not asked.
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
    """How many answers a fact has."""
    return 1 << len(fact.values) if fact.is_set else len(fact.all_answers)


def answers_not_read(levels: Levels) -> int:
    """How many combinations there are of what no level tells apart."""
    read = prod(fact.answers_read for fact in levels.facts.values())
    return prod(answers_to(fact) for fact in levels.vocabulary) // read


def sizes(levels: Levels) -> list[Sequence[int]]:
    """The number of answers in each class of each level."""
    return [of_level for fact in levels.facts.values() for of_level in _sizes_of_classes(fact)]


def _sizes_of_classes(fact: FactLevels) -> tuple[tuple[int, ...], ...]:
    """For each level of a fact the number of answers in each class; none that is given though it is not asked."""
    of_answer = tuple((1, 1) for _ in fact.members) if fact.fact.is_set else (tuple(map(len, fact.classes)),)
    return ((1, 0), *of_answer) if fact.notes_given else of_answer


def shares(levels: Levels, frequencies: Frequencies) -> Iterator[tuple[float, list[Sequence[float]]]]:
    """For each case of the facts that other shares depend on its share, and in it that of each class of each level.

    A case is one group of answers to each such fact, the groups being what the conditions on it tell apart.
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
    """The share of each class of each level among those whose answers are in the groups."""
    weights: list[Sequence[float]] = []
    for name, fact in levels.facts.items():
        depends_on = frequencies[name].depends_on
        of_fact = frequencies[name].shares_given(groups[depends_on][0] if depends_on else None)
        weights.extend(_shares_of_classes(fact, of_fact, frozenset(groups.get(name, fact.fact.all_answers))))
    return weights


def _shares_of_classes(fact: FactLevels, of_fact: Shares, among: frozenset[Value]) -> tuple[tuple[float, ...], ...]:
    """For each level of a fact the share of each class; of a fact that is no set, of the answers ``among`` alone."""
    of_answer: tuple[tuple[float, ...], ...]
    if fact.fact.is_set:
        of_answer = tuple((1 - of_fact.of_values[member], of_fact.of_values[member]) for member in fact.members)
    else:
        of_classes = [_share_of([value for value in answers if value in among], of_fact) for answers in fact.classes]
        of_answer = (tuple(share / sum(of_classes) for share in of_classes),)
    return ((1.0, 0.0), *of_answer) if fact.notes_given else of_answer


def _share_of(answers: Iterable[Value], of_fact: Shares) -> float:
    return sum((of_fact.of(answer) for answer in answers), 0.0)
