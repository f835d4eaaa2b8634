"""The engine: reads declarative rules, runs them, decides and explains. It knows no web and no medicine.

``load`` makes what answers referrals, and ``assess`` answers one: the same that service and command line give.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from triage.answer.assess import Assessor
    from triage.answer.model import Answer
    from triage.settings import Settings

__all__ = ["assess", "load"]

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
    clinician as urgent.
    """
    return assessor.assess(assessor.reader.read(referral))
