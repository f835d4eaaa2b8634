"""The engine: reads declarative rules, runs them, decides and explains. It knows no web and no medicine.

``load`` makes what answers referrals, ``assess`` answers one, and ``cohort`` rates a table of them: the same that
service and command line give.
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

# The imports stand within the functions, so that importing one module of the engine does not load all of it.


def load(rules: Path | None = None, settings: Settings | None = None) -> Assessor:
    """Read and check a rule set, and make what answers referrals with it.

    ``rules`` is its folder, ``settings`` what a deployment sets; without them the environment's. Takes about a second.
    Raises FaultyRuleSet, which names every fault.
    """
    from triage.answer.assess import build_assessor
    from triage.check import load_ruleset
    from triage.settings import Settings

    settings = settings or Settings()
    return build_assessor(load_ruleset(rules or settings.rules), settings)


def assess(referral: Mapping[str, Any], assessor: Assessor) -> Answer:
    """Answer a referral: ``facts``, and a ``reference`` or none, as the JSON API takes them.

    Raises RefusedReferral, which names every field at fault, and EngineDisagreement: then hand the referral to a
    clinician, at least as urgent.
    """
    return assessor.assess(assessor.reader.read(referral))


def cohort(
    table: polars.DataFrame, assessor: Assessor, *, keep: Sequence[str] = (), by: str | None = None, processes: int = 0
) -> Cohort:
    """Rate a data frame of referrals, a row each: outcomes and refused rows as data frames, and a summary.

    The columns are those of a CSV file for ``triage cohort``: facts, `reference`, `said_by.` with a fact, and those in
    ``keep``; ``by`` is one that the summary counts by. With ``processes``, what incomplete referrals can still become
    is found in so many processes. Raises BadTable where a column is unknown or no row is there.
    """
    from triage.population.cohort import rate_frame

    return rate_frame(table, assessor, keep=keep, by=by, processes=processes)
