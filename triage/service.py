"""Putting an assessor together: the rule set, the live engine a thread, the exact answers."""

from __future__ import annotations

from triage.assess import Assessor, Settings
from triage.ruleset import RuleSet


def build_assessor(ruleset: RuleSet, settings: Settings = Settings()) -> Assessor:  # noqa: B008  # frozen
    """Make the assessor that the service and the command line use."""
    from triage.engines.rete import LiveEngines
    from triage.engines.smt import Exact

    return Assessor(ruleset, LiveEngines(ruleset), Exact(ruleset), settings)
