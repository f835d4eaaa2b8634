"""Tables of codes, made from referrals that were checked before."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import polars as pl

from triage.model.rule import Answers
from triage.model.vocabulary import Vocabulary
from triage.population.codes import codings
from triage.population.on_polars import type_of
from triage.population.plan import DOUBTED


def coded(
    vocabulary: Vocabulary,
    answers: Sequence[Answers],
    said_by: Sequence[Mapping[str, str]],
    told_of: Sequence[str],
) -> pl.DataFrame:
    """The table of codes of answers as given, and of who gave those to the facts ``told_of``."""
    columns = [
        pl.Series(name, [coding.code(given.get(name)) for given in answers], type_of(coding.column))
        for name, coding in codings(vocabulary).items()
    ]
    doubtful = {speaker.id for speaker in vocabulary.speakers if not speaker.counts}
    doubts = [
        pl.Series(DOUBTED + name, [speakers.get(name) in doubtful for speakers in said_by], pl.Boolean)
        for name in told_of
    ]
    return pl.DataFrame([*columns, *doubts])
