"""The engine: reads declarative rules, runs them, decides and explains. It knows no web and no medicine.

``load`` reads a rule set, ``assess`` answers one referral with it, and ``cohort`` rates a table of referrals. The
answers are those of the service and the command line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import polars

    from triage.answer.assess import Assessor
    from triage.answer.model import Answer
    from triage.population.cohort import Cohort
    from triage.settings import Settings

__all__ = ["assess", "cohort", "load"]

# The functions import what they need, so that importing one module of the engine does not load all of them.


def load(rules: Path | None = None, settings: Settings | None = None) -> Assessor:
    """Read and check a rule set, and return the assessor that answers referrals with it.

    ``rules`` is the folder of the rule set, ``settings`` what the deployment sets. Without them, those of the
    environment are used. Takes about a second. Raises FaultyRuleSet, which names every fault.
    """
    from triage.answer.assess import build_assessor
    from triage.check import load_ruleset
    from triage.settings import Settings

    settings = settings or Settings()
    return build_assessor(load_ruleset(rules or settings.rules), settings)


def assess(referral: Mapping[str, Any], assessor: Assessor) -> Answer:
    """Answer one referral, a mapping with `facts` and the other parts that the JSON API takes.

    Raises RefusedReferral, which names every faulty field. Raises EngineDisagreement or EngineFailure where no answer
    can be given: then hand the referral to a clinician, at least as urgent.
    """
    return assessor.assess(assessor.reader.read(referral))


def cohort(
    table: polars.DataFrame, assessor: Assessor, *, keep: Sequence[str] = (), by: str | None = None, processes: int = 0
) -> Cohort:
    """Rate a data frame with one referral a row. Gives outcomes and refused rows as data frames, and a summary.

    The columns are those of a CSV file for ``triage cohort``: facts, `reference`, `said_by.` with a fact, and those in
    ``keep``. The summary counts by the column ``by``. ``processes`` is the number of processes that find what
    incomplete referrals can still become. Raises BadTable where a column is unknown or there are no rows.
    """
    from triage.population.cohort import rate_frame

    return rate_frame(table, assessor, keep=keep, by=by, processes=processes)
