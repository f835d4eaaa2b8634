"""Put an assessor together: the rule set, the live engine, and what can still become of an incomplete referral."""

from __future__ import annotations

from triage.answer.assess import Assessor
from triage.engines.exact import Exact
from triage.engines.rete.engine import LiveEngines
from triage.model.ruleset import RuleSet
from triage.settings import Settings


def build_assessor(ruleset: RuleSet, settings: Settings | None = None) -> Assessor:
    """Make the assessor that the service and the command line use; the environment's settings where none are given."""
    return Assessor(ruleset, LiveEngines(ruleset), Exact(ruleset), settings or Settings())
