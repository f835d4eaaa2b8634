"""Putting an assessor together: the rule set, the live engine a thread, the exact answers."""

from __future__ import annotations

from triage.assess import Assessor, Settings
from triage.ruleset import RuleSet


def build_assessor(
    ruleset: RuleSet,
    settings: Settings = Settings(),  # noqa: B008  # frozen
    time_limit: float = 0.5,
) -> Assessor:
    """Make the assessor that the service and the command line use.

    ``time_limit`` is how many seconds exact answers to an incomplete referral may take.
    """
    from triage.engines.exact import Exact
    from triage.engines.rete import LiveEngines

    return Assessor(ruleset, LiveEngines(ruleset), Exact(ruleset), settings, time_limit)
