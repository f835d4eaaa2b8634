"""One rule set over all referrals, as formulas: which rules fire, the targets, the rating and the level.

Every model is replayed in the reference engine before it is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.analysis.formulas import Formula, holds_in, no
from triage.analysis.levels import Levels
from triage.analysis.ratings import Ratings
from triage.analysis.shown import Shown
from triage.engines import reference
from triage.engines.floors import floors
from triage.engines.outcome import Standing, standing
from triage.model.rule import Answers, Value


class SolverDisagreement(Exception):
    """The formulas and the reference engine give different results for a referral that z3 found."""


class Symbolic(Ratings, Levels, Shown):
    """One rule set over one referral's variables, as formulas: which rules fire, and the outcome."""

    def replay(self, model: Any) -> dict[str, Value]:
        """The referral of a model, once the reference engine confirms it. Raises SolverDisagreement."""
        facts = self.variables.read(model)
        evaluation = reference.evaluate(self.ruleset, facts)
        fired = {id_ for id_, formula in self.fired.items() if holds_in(model, formula)}
        if fired != evaluation.fired:
            differing = ", ".join(sorted(fired ^ evaluation.fired))
            raise SolverDisagreement(f"The solver and the reference differ about: {differing}.")
        expected = standing(self.ruleset, self.ruleset.fired(fired), evaluation.answers)
        for what, formula in self._standing(expected, facts):
            if not holds_in(model, formula):
                raise SolverDisagreement(f"The solver and the reference differ about {what}.")
        return facts

    def _standing(self, expected: Standing, facts: Answers) -> Iterator[tuple[str, Formula]]:
        """The formulas that must hold where the reference engine gives this standing."""
        yield f"the rating `{expected.rating}`", self.rating_is(expected.rating)
        yield f"the level `{expected.level}`", self.level_is(expected.level)
        held = floors(self.ruleset, self.ruleset.vocabulary.core_unanswered(facts), facts)
        rank = self.scales.urgency_rank
        for level in self.scales.urgency_ids:
            reached = self.floor_at_least(level)
            floored = any(rank(floor.level) >= rank(level) for floor in held)
            yield f"the floor `{level}`", reached if floored else no(reached)
        by_target = {rated.target: rated for rated in expected.targets}
        for target in self.supported_targets:
            rated = by_target.get(target)
            if rated is None:
                yield f"`{target}`", no(self.supported(target))
                continue
            yield f"the rating of `{target}`", self.target_is(target, rated.rating)
            yield f"whether `{target}` leads", self.leads(target) if rated.leading else no(self.leads(target))
            if rated.role is not None:
                yield f"the role of `{target}`", self.role_is(target, rated.role)
            if rated.certainty is not None:
                yield f"the certainty of `{target}`", self.certainty_is(target, rated.certainty)
