"""Which answers of a table count; the columns of ``reading/counting.py``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from triage.model.fact import Fact
from triage.population.expressions import (
    FALSE,
    Boolean,
    Column,
    Expression,
    Named,
    Replaced,
    WithBit,
    all_of,
    among,
    any_of,
    not_,
)
from triage.population.three_valued import AnswerColumns, Naming


@dataclass(frozen=True, slots=True)
class CountedAnswers:
    """``columns`` are the answers that count, of each fact of which some do not.

    ``not_counted`` names the column that says where an answer does not count. ``in_part`` says where an answer counts
    for the rules and not for the floor.
    """

    columns: Mapping[str, Column]
    not_counted: Mapping[str, str]
    in_part: Mapping[str, Boolean]


def count_answers(table: AnswerColumns, doubted: Mapping[str, Boolean], named: Naming) -> CountedAnswers:
    """Decide which answers count. ``doubted`` says by fact where somebody answered whose reassurance does not count."""
    clouded = any_of(table.all_hold(state.when).true for state in table.vocabulary.clouded_while)
    clouded = clouded if clouded == FALSE else Named(named(clouded, "clouded"))
    columns: dict[str, Column] = {}
    not_counted: dict[str, str] = {}
    in_part: dict[str, Boolean] = {}
    for fact in table.vocabulary:
        doubt = FALSE if "said_by" in fact.reassuring.but else doubted.get(fact.name, FALSE)
        partly = all_of((doubt, _has(table, fact, fact.reassuring.in_part)))
        why = any_of((doubt, FALSE if "clouded" in fact.reassuring.but else clouded))
        dropped = all_of((why, _reassures(table, fact), not_(partly))) if fact.can_be_core else FALSE
        if partly != FALSE:
            in_part[fact.name] = Named(named(partly, "in_part"))
        if dropped != FALSE:
            dropped = Named(named(dropped, "dropped"))
            columns[fact.name] = _without(table, fact, dropped, named)
        if any_of((partly, dropped)) != FALSE:
            not_counted[fact.name] = named(any_of((partly, dropped)), "not_counted")
    return CountedAnswers(columns, not_counted, in_part)


def _has(table: AnswerColumns, fact: Fact, values: frozenset[str]) -> Boolean:
    return FALSE if fact.is_set or fact.is_integer else table.is_one_of(fact.name, values)


def _reassures(table: AnswerColumns, fact: Fact) -> Boolean:
    """Whether the answer given is reassuring; every answer to a set is, about the members that it leaves out."""
    if fact.is_set:
        return table.is_given(fact.name)
    coding = table.codings[fact.name]
    values = {value for value in fact.all_answers if fact.reassures(value)}
    return among(table.column(fact.name), map(coding.code, values))


def _without(table: AnswerColumns, fact: Fact, dropped: Boolean, named: Naming) -> Column:
    """The column without the answers dropped: no answer, or the set open."""
    column, blank = table.column(fact.name), table.codings[fact.name].unanswered
    expression: Expression = WithBit(column, blank, dropped) if fact.is_set else Replaced(column, ((dropped, blank),))
    return Column(named(expression, "counted"), column.highest)
