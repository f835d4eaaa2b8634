"""From columns of text, as a CSV file has them, to codes; and from one row of text to the JSON of a referral.

A cell is the answer as the API takes it, a set its members with ``;`` between them and ``[]`` where none applies. An
empty cell is a question that was not asked, ``unknown`` one that was and is not known. Nothing is trimmed or guessed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import polars as pl

from triage.model.fact import Fact
from triage.model.faults import near_match
from triage.model.rule import UNKNOWN
from triage.model.vocabulary import Vocabulary
from triage.population.codes import Coding, codings
from triage.population.on_polars import type_of
from triage.population.outcomes import KEPT, OUTCOMES, REFUSED, SEPARATOR
from triage.population.plan import DOUBTED
from triage.population.refusals import NONE_APPLIES, SAID_BY, BadTable
from triage.reading.referral import REFERENCE_LENGTH

REFERENCE, ROW = "reference", "row"
FAULTY = "faulty"
"""The column that says whether a row has a fault; its codes mean nothing then."""
WHOLE = ".0"
"""What other programs write after a whole number. As in JSON, 19.0 is the whole number 19."""
FEW = 20
"""At most so many unknown columns are named in an error."""


class TextColumns:
    """The columns of a table of text: which are facts, who gave their answers, and which are carried along.

    ``not_asked`` are the facts without a column, ``keep`` what is carried along beside the reference.
    Raises BadTable where a column is none of these, or where one to be kept is missing.
    """

    def __init__(self, vocabulary: Vocabulary, columns: Collection[str], keep: Collection[str] = ()) -> None:
        _check(vocabulary, columns, keep)
        self._vocabulary = vocabulary
        self._codings = codings(vocabulary)
        self._has_reference = REFERENCE in columns
        self.keep = tuple(name for name in keep if name != REFERENCE)
        self._facts = tuple(name for name in vocabulary.facts if name in columns)
        self.said_by = tuple(name for name in vocabulary.facts if SAID_BY + name in columns)
        self.not_asked = tuple(name for name in vocabulary.facts if name not in columns)

    @property
    def read(self) -> tuple[str, ...]:
        """The columns that are read."""
        reference = (REFERENCE,) if self._has_reference else ()
        return (*dict.fromkeys((*reference, *self.keep, *self._facts, *(SAID_BY + name for name in self.said_by))),)

    def coded(self, texts: pl.DataFrame) -> pl.DataFrame:
        """The table of codes, with ``row``, ``reference``, the kept columns, and whether the row is faulty."""
        speakers = [speaker.id for speaker in self._vocabulary.speakers]
        doubtful = [not speaker.counts for speaker in self._vocabulary.speakers]
        codes = texts.select(
            ROW,
            *(pl.col(name).alias(KEPT + name) for name in self.keep),
            *([] if self._has_reference else [pl.lit(None, pl.String).alias(REFERENCE)]),
            *([REFERENCE] if self._has_reference else []),
            *(
                _set_codes(texts[name], self._codings[name])
                if self._vocabulary[name].is_set
                else _code(self._codings[name]).alias(name)
                for name in self._facts
            ),
            *(_index(pl.col(SAID_BY + name), speakers).alias(DOUBTED + name) for name in self.said_by),
            *(self._said_by_nobody(name).alias(SAID_BY + name) for name in self.said_by),
        )
        read = [*self._facts, *(DOUBTED + name for name in self.said_by)]
        faults = [pl.col(name).is_null() for name in read] + [pl.col(SAID_BY + name) for name in self.said_by]
        too_long = (pl.col(REFERENCE).str.len_chars() > REFERENCE_LENGTH).fill_null(value=False)
        doubted = pl.Series("doubted", [*doubtful, False])
        return codes.with_columns(
            pl.any_horizontal(too_long, *faults).alias(FAULTY),
            *(pl.lit(doubted).gather(pl.col(DOUBTED + name)).alias(DOUBTED + name) for name in self.said_by),
            *(_unanswered(self._codings[name]).alias(name) for name in self.not_asked),
        ).drop(SAID_BY + name for name in self.said_by)

    def _said_by_nobody(self, name: str) -> pl.Expr:
        """Where somebody is is_said to have given an answer that is not there."""
        is_said = pl.col(SAID_BY + name).fill_null("") != ""
        blank = pl.col(name).fill_null("") == "" if name in self._facts else pl.lit(value=True)
        return is_said & blank

    def as_json(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The JSON of the referral in one row of text."""
        facts = {name: _as_json(self._vocabulary[name], row[name]) for name in self._facts if row[name]}
        said_by = {name: row[SAID_BY + name] for name in self.said_by if row[SAID_BY + name]}
        reference = {REFERENCE: row[REFERENCE]} if self._has_reference and row[REFERENCE] else {}
        return {**reference, "facts": facts, **({"said_by": said_by} if said_by else {})}


def as_texts(table: pl.DataFrame) -> pl.DataFrame:
    """The columns of a table as text; a list has ``;`` between its members. Raises BadTable for other types."""
    columns = []
    for name, dtype in table.schema.items():
        column = pl.col(name)
        if isinstance(dtype, pl.List):
            members = column.cast(pl.List(pl.String))
            column = pl.when(members.list.len() == 0).then(pl.lit(NONE_APPLIES)).otherwise(members.list.join(SEPARATOR))
        elif dtype.is_nested() or dtype == pl.Binary or dtype == pl.Object:
            raise BadTable(f"The column `{name}` has the type {dtype}, which holds no answer: write text, or a list.")
        elif dtype.is_float():
            column = pl.when(column == column.floor()).then(column.cast(pl.Int64)).otherwise(column)
        columns.append(column.cast(pl.String).alias(name))
    return table.select(columns)


def _check(vocabulary: Vocabulary, columns: Collection[str], keep: Collection[str]) -> None:
    known = [REFERENCE, *vocabulary.facts, *(SAID_BY + name for name in vocabulary.facts)]
    twice = [name for name in dict.fromkeys(columns) if list(columns).count(name) > 1]
    if twice:
        raise BadTable(f"There is more than one column `{twice[0]}`: keep one of them.")
    missing = [name for name in keep if name not in columns]
    if missing:
        match = near_match(missing[0], columns)
        raise BadTable(f"The table has no column `{missing[0]}`.{_did_you_mean(match)}")
    taken = [name for name in keep if name in (ROW, REFUSED, *OUTCOMES)]
    if taken:
        raise BadTable(f"The column `{taken[0]}` can't be kept: the outcomes have one of that name. Rename it.")
    unknown = [name for name in columns if name not in known and name not in keep]
    if unknown:
        named = [f"`{name}`{_or_rather(near_match(name, known))}" for name in unknown[:FEW]]
        more = f", and {len(unknown) - FEW} more" if len(unknown) > FEW else ""
        raise BadTable(
            f"{'This column is' if len(unknown) == 1 else 'These columns are'} no fact: {', '.join(named)}{more}. "
            "Correct the name, or keep the column beside the outcomes: --keep NAME, or `Columns to keep` on the page."
        )
    if not any(name in vocabulary.facts for name in columns):
        raise BadTable("No column is a fact. The first row of the table has the names of the facts.")


def _did_you_mean(match: str | None) -> str:
    return f" Did you mean `{match}`?" if match else ""


def _or_rather(match: str | None) -> str:
    return f" (did you mean `{match}`?)" if match else ""


def _code(coding: Coding) -> pl.Expr:
    """The codes of a column of text, the fact being no set; null where it is no answer to the fact."""
    fact, dtype = coding.fact, type_of(coding.column)
    text = pl.col(fact.name)
    answers = [str(value) for value in fact.all_answers]
    if not fact.is_integer:
        return _index(text, [*answers, UNKNOWN])
    return _index(text.str.strip_suffix(WHOLE), [*answers, UNKNOWN]).cast(dtype) + pl.lit(fact.minimum, dtype)


def _index(text: pl.Expr, known: list[str]) -> pl.Expr:
    """The index of the text among those known, the last one where it is empty; null where it is not known."""
    blank = known.index(UNKNOWN) if UNKNOWN in known else len(known)
    index = text.fill_null("").cast(pl.Enum([*known, ""]), strict=False).to_physical()
    return index.clip(upper_bound=blank)


def _set_codes(texts: pl.Series, coding: Coding) -> pl.Series:
    """The codes of a column of sets; null where a text is no answer to the fact."""
    distinct = texts.unique()
    codes = [_set_code(text, coding) for text in distinct]
    return texts.replace_strict(distinct, pl.Series(codes, dtype=type_of(coding.column)))


def _set_code(text: str | None, coding: Coding) -> int | None:
    if not text:
        return coding.unanswered
    answer = _as_json(coding.fact, text)
    value = frozenset({answer} if answer == UNKNOWN else answer)
    return coding.unanswered if value == {UNKNOWN} else coding.code(value) if coding.fact.accepts(value) else None


def _as_json(fact: Fact, text: str) -> Any:
    """A cell that is not empty as JSON has it; what is no answer stays as it is."""
    if fact.is_set:
        return [] if text == NONE_APPLIES else UNKNOWN if text == UNKNOWN else text.split(SEPARATOR)
    digits = text.removesuffix(WHOLE)
    is_number = fact.is_integer and digits.removeprefix("-").isascii() and digits.removeprefix("-").isdigit()
    return int(digits) if is_number and str(int(digits)) == digits else text


def _unanswered(coding: Coding) -> pl.Expr:
    return pl.lit(coding.unanswered, type_of(coding.column))
