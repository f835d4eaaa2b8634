"""The plan as one query through Ibis: run on DuckDB, PostgreSQL, Sail or Spark, or printed as SQL for other engines.

The table has whole numbers for numbers and text for everything else, as a CSV file has it: the members of a set with
``;`` between them, each once. Who gave the answer to a fact is in the column ``said_by_`` with its name. ``refused`` is
true where a value is no answer, or where answers contradict each other; the other outcomes of such a row are null. They
have the names of ``outcomes.py``; what a complete referral comes to is what it has so far. Ids end with ``;``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from operator import and_, or_
from typing import Any as Untyped
from typing import assert_never

import ibis

from triage.model.rule import UNKNOWN
from triage.model.ruleset import RuleSet
from triage.model.scales import ON_HOLD
from triage.population.codes import Coding, codings
from triage.population.expressions import (
    All,
    Any,
    Boolean,
    Constant,
    Exceeds,
    Expression,
    HasAnyBit,
    Highest,
    IsAmong,
    Named,
    Not,
    Replaced,
    WithBit,
    read_by,
)
from triage.population.plan import DOUBTED, Plan, plan_of

SAID_BY = "said_by_"
SEPARATOR = ";"
NONE_APPLIES = "[]"
REFERENCE, REFUSED = "reference", "refused"
BLOCK = 40
"""How many rules are written out in one column of text."""
DIALECTS = ("bigquery", "clickhouse", "duckdb", "postgres", "snowflake", "trino")
"""The engines that SQL is printed for."""
_FAULTY = "faulty"


class _Layers:
    """Collects selections on top of one another, and drops from each what nobody above it reads."""

    def __init__(self) -> None:
        self._layers: list[tuple[dict[str, Callable[[Untyped], Untyped]], dict[str, frozenset[str]]]] = []

    def add(self, columns: Mapping[str, tuple[Callable[[Untyped], Untyped], Iterable[str]]]) -> None:
        """Add a selection: for each column how it is made of the table below, and the names that it reads there."""
        made_by = {name: make for name, (make, _) in columns.items()}
        self._layers.append((made_by, {name: frozenset(read) for name, (_, read) in columns.items()}))

    def over(self, table: Untyped, wanted: Sequence[str]) -> Untyped:
        """The selections over a table, of which the last gives the columns wanted."""
        needed = [frozenset(wanted)]
        for _, reads in reversed(self._layers):
            above = needed[-1]
            read = frozenset[str]().union(*(reads[name] for name in above if name in reads))
            needed.append((above - reads.keys()) | read)
        for (made_by, _), kept in zip(self._layers, needed[-2::-1], strict=True):
            new = {name: made_by[name](table) for name in made_by if name in kept}
            passed = [name for name in table.columns if name in kept and name not in new]
            table = table.select(*passed, **new)
        return table.select(*wanted)


def table_of(ruleset: RuleSet, said_by: Sequence[str] = (), name: str = "referrals") -> Untyped:
    """A table of referrals by its name, with a column for each fact."""
    facts = {fact.name: "int64" if fact.is_integer else "string" for fact in ruleset.vocabulary}
    speakers = {SAID_BY + fact: "string" for fact in said_by}
    return ibis.table({REFERENCE: "string", **facts, **speakers}, name=name)


def sql(ruleset: RuleSet, dialect: str, said_by: Sequence[str] = ()) -> str:
    """The outcomes of the table `referrals` as SQL for one of the ``DIALECTS``."""
    return str(ibis.to_sql(outcomes(ruleset, table_of(ruleset, said_by), said_by), dialect=dialect))


def outcomes(ruleset: RuleSet, table: Untyped, said_by: Sequence[str] = ()) -> Untyped:
    """The outcomes of a table of any engine that Ibis knows."""
    plan = plan_of(ruleset, said_by)
    layers = _Layers()
    layers.add(_coded(ruleset, said_by))
    layers.add({_FAULTY: _any_faulty(ruleset, said_by)})
    for step in plan.steps:
        layers.add({name: (_making(expression), read_by(expression)) for name, expression in step.items()})
    lists = {
        "for": plan.rating.for_,
        "fired": plan.fired,
        "missing": plan.urgency.missing,
        "not_counted": plan.counted.not_counted,
        "alternatives": plan.therapies,
    }
    texts = {name: _blocks(name, {id_: (one,) for id_, one in by_id.items()}) for name, by_id in lists.items()}
    texts["open"] = _blocks("open", {id_: (name, plan.fired[id_]) for id_, name in plan.possible.items()})
    layers.add({name: column for blocks in texts.values() for name, column in blocks.items()})
    broken = (_FAULTY, *plan.broken)
    layers.add({REFUSED: (lambda t: _balanced(or_, [t[name] for name in broken]), broken)})
    results = _results(plan) | {name: _joined(tuple(blocks)) for name, blocks in texts.items()}
    layers.add({name: (_unless_refused(make), (*read, REFUSED)) for name, (make, read) in results.items()})
    return layers.over(table, [REFERENCE, REFUSED, *results])


_Column = tuple[Callable[[Untyped], Untyped], Iterable[str]]


def _unless_refused(make: Callable[[Untyped], Untyped]) -> Callable[[Untyped], Untyped]:
    return lambda t: (~t[REFUSED]).ifelse(make(t), ibis.null())


def _results(plan: Plan) -> dict[str, _Column]:
    scales, rating, urgency = plan.ruleset.scales, plan.rating, plan.urgency
    return {
        "complete": (lambda t: t[plan.complete], (plan.complete,)),
        "level_so_far": (_labelled(urgency.level, scales.urgency_ids), (urgency.level,)),
        "state": (lambda t: t[urgency.not_sorted].ifelse("not_sorted", "sorted"), (urgency.not_sorted,)),
        "rating_so_far": (
            lambda t: t[rating.on_hold].ifelse(ON_HOLD, _labelled(rating.rating, scales.rating_ids)(t)),
            (rating.on_hold, rating.rating),
        ),
        "role": (_one_of(rating.role), rating.role.values()),
        "certainty": (_one_of(rating.certainty), rating.certainty.values()),
    }


def _labelled(name: str, ids: Sequence[str]) -> Callable[[Untyped], Untyped]:
    return lambda t: t[name].cases(*enumerate(ids), else_="")


def _one_of(names: Mapping[str, str]) -> Callable[[Untyped], Untyped]:
    if not names:
        return lambda _: ibis.literal("").nullif("")
    return lambda t: ibis.cases(*((t[name], id_) for id_, name in names.items()), else_="").nullif("")


def _blocks(title: str, names: Mapping[str, tuple[str, ...]]) -> dict[str, _Column]:
    """Columns with the ids that hold, as text: those of the first forty ids, of the next, and so on.

    An id holds where the first of its columns does, and no other.
    """
    listed = list(names.items())
    return {
        f"text_{title}_{first}": _text(listed[first : first + BLOCK]) for first in range(0, max(1, len(listed)), BLOCK)
    }


def _text(names: Sequence[tuple[str, tuple[str, ...]]]) -> _Column:
    def holds(t: Untyped, first: str, *others: str) -> Untyped:
        return reduce(and_, [t[first], *(~t[other] for other in others)])

    def make(t: Untyped) -> Untyped:
        parts = [holds(t, *columns).ifelse(f"{id_}{SEPARATOR}", "") for id_, columns in names]
        return reduce(lambda text, part: text + part, parts, ibis.literal(""))

    return make, [column for _, columns in names for column in columns]


def _joined(names: tuple[str, ...]) -> _Column:
    return (lambda t: reduce(lambda text, name: text + t[name], names[1:], t[names[0]]).rstrip()), names


def _coded(ruleset: RuleSet, said_by: Sequence[str]) -> dict[str, _Column]:
    """The codes of every fact, -1 where a value is no answer; and where answers are doubted, or wrongly attributed."""
    coded: dict[str, _Column] = {name: (_code(coding), (name,)) for name, coding in codings(ruleset.vocabulary).items()}
    for name in said_by:
        coded[DOUBTED + name] = (_doubted(ruleset, name), (SAID_BY + name,))
        coded[SAID_BY + name] = (_wrong_speaker(ruleset, name), (SAID_BY + name, name))
    return coded


def _code(coding: Coding) -> Callable[[Untyped], Untyped]:
    fact, blank = coding.fact, coding.unanswered
    if fact.is_integer:
        return lambda t: ibis.cases(
            (t[fact.name].isnull(), blank),
            (t[fact.name].between(fact.minimum, fact.maximum), t[fact.name].cast("int32")),
            else_=-1,
        ).cast("int32")
    if fact.is_set:
        return lambda t: _set_code(t[fact.name].fill_null(""), coding)
    codes = [*((value, code) for code, value in enumerate(fact.values)), (UNKNOWN, blank), ("", blank)]
    return lambda t: t[fact.name].fill_null("").cases(*codes, else_=-1).cast("int32")


def _set_code(text: Untyped, coding: Coding) -> Untyped:
    """The bits of the members that stand in the text; -1 where anything else does."""
    padded = ibis.literal(SEPARATOR) + text + SEPARATOR
    bits = [*((value, 1 << place) for place, value in enumerate(coding.fact.values)), (UNKNOWN, coding.unanswered)]
    present = [(padded.contains(f"{SEPARATOR}{value}{SEPARATOR}"), value, bit) for value, bit in bits]
    code = reduce(lambda total, part: total + part, [is_in.ifelse(bit, 0) for is_in, _, bit in present])
    length = reduce(lambda total, part: total + part, [is_in.ifelse(len(value) + 1, 0) for is_in, value, _ in present])
    return ibis.cases(
        (text == "", coding.unanswered), (text == NONE_APPLIES, 0), (length == text.length() + 1, code), else_=-1
    ).cast("int32")


def _doubted(ruleset: RuleSet, name: str) -> Callable[[Untyped], Untyped]:
    doubtful = [speaker.id for speaker in ruleset.vocabulary.speakers if not speaker.counts]
    return lambda t: t[SAID_BY + name].fill_null("").isin(doubtful)


def _wrong_speaker(ruleset: RuleSet, name: str) -> Callable[[Untyped], Untyped]:
    """Where a speaker is not known, or said to have given an answer that is not there."""
    known = [speaker.id for speaker in ruleset.vocabulary.speakers]
    is_number = ruleset.vocabulary[name].is_integer

    def is_wrong(t: Untyped) -> Untyped:
        speaker = t[SAID_BY + name].fill_null("")
        no_answer = t[name].isnull() if is_number else t[name].fill_null("") == ""
        return (speaker != "") & (~speaker.isin(known) | no_answer)

    return is_wrong


def _any_faulty(ruleset: RuleSet, said_by: Sequence[str]) -> _Column:
    facts = [*ruleset.vocabulary.facts]
    speakers = [SAID_BY + name for name in said_by]
    return (
        lambda t: _balanced(or_, [*(t[name] < 0 for name in facts), *(t[name] for name in speakers)]),
        (*facts, *speakers),
    )


def _making(expression: Expression) -> Callable[[Untyped], Untyped]:
    return lambda t: _as_ibis(expression, t)


def _as_ibis(expression: Expression, t: Untyped) -> Untyped:
    match expression:
        case Highest(cases=cases):
            return ibis.greatest(
                ibis.literal(0), *(_boolean(condition, t).ifelse(rank, 0) for rank, condition in cases)
            )
        case Replaced(column=column, cases=replacing):
            return ibis.cases(*((_boolean(condition, t), code) for condition, code in replacing), else_=t[column.name])
        case WithBit(column=column, bit=bit, where=where):
            return _boolean(where, t).ifelse(t[column.name] | bit, t[column.name])
    return _boolean(expression, t)


def _boolean(expression: Boolean, t: Untyped) -> Untyped:
    match expression:
        case Constant(value=value):
            return ibis.literal(value)
        case Named(name=name):
            return t[name]
        case IsAmong(column=column, stretches=stretches):
            value = t[column.name]
            return _balanced(
                or_, [value == first if first == last else value.between(first, last) for first, last in stretches]
            )
        case HasAnyBit(column=column, bits=bits):
            return (t[column.name] & bits) != 0
        case Exceeds(larger=larger, smaller=smaller, plus=plus):
            return t[larger.name] > t[smaller.name] + plus
        case Not(part=part):
            return ~_boolean(part, t)
        case All(parts=parts):
            return _balanced(and_, [_boolean(part, t) for part in parts])
        case Any(parts=parts):
            return _balanced(or_, [_boolean(part, t) for part in parts])
    assert_never(expression)


def _balanced(operator: Callable[[Untyped, Untyped], Untyped], parts: Sequence[Untyped]) -> Untyped:
    """Many parts joined as a balanced tree: as a chain, a hundred of them would be nested as deep."""
    if len(parts) == 1:
        return parts[0]
    middle = len(parts) // 2
    return operator(_balanced(operator, parts[:middle]), _balanced(operator, parts[middle:]))
