"""One rule set over all referrals: what fires, and what the targets, the rating and the level come to, as formulas.

Every model is replayed in the reference before it is believed.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from triage.analysis.formulas import Formula, holds_in, no
from triage.analysis.levels import Levels
from triage.analysis.ratings import Ratings
from triage.analysis.shown import Shown
from triage.engines import reference
from triage.engines.outcome import Standing, floors, standing
from triage.model.rule import Answers, Value


class SolverDisagreement(Exception):
    """A referral that z3 found does not do in the reference what it does in the formulas."""


class Symbolic(Ratings, Levels, Shown):
    """One rule set over one referral's variables: what fires and what it comes to, as formulas."""

    def replay(self, model: Any) -> dict[str, Value]:
        """The referral of a model, after the reference came to the same on it. Raises SolverDisagreement."""
        facts = self.variables.read(model)
        evaluation = reference.evaluate(self.ruleset, facts)
        fired = {id_ for id_, formula in self.fired.items() if holds_in(model, formula)}
        if fired != evaluation.fired:
            differing = ", ".join(sorted(fired ^ evaluation.fired))
            raise SolverDisagreement(f"The solver and the reference differ about: {differing}.")
        truly = standing(self.ruleset, self.ruleset.fired(fired), evaluation.answers)
        for what, formula in self._standing(truly, facts):
            if not holds_in(model, formula):
                raise SolverDisagreement(f"The solver and the reference differ about {what}.")
        return facts

    def _standing(self, truly: Standing, facts: Answers) -> Iterator[tuple[str, Formula]]:
        """What must hold of the formulas where the fired rules come to this."""
        yield f"the rating `{truly.rating}`", self.rating_is(truly.rating)
        yield f"the level `{truly.level}`", self.level_is(truly.level)
        held = floors(self.ruleset, self.ruleset.vocabulary.core_unanswered(facts), facts)
        rank = self.scales.urgency_rank
        for level in self.scales.urgency_ids:
            reached = self.floor_at_least(level)
            floored = any(rank(each.level) >= rank(level) for each in held)
            yield f"the floor `{level}`", reached if floored else no(reached)
        by_target = {each.target: each for each in truly.targets}
        for target in self.supported_targets:
            each = by_target.get(target)
            if each is None:
                yield f"`{target}`", no(self.supported(target))
                continue
            yield f"the rating of `{target}`", self.target_is(target, each.rating)
            yield f"whether `{target}` leads", self.leads(target) if each.leading else no(self.leads(target))
            if each.role is not None:
                yield f"the role of `{target}`", self.role_is(target, each.role)
            if each.certainty is not None:
                yield f"the certainty of `{target}`", self.certainty_is(target, each.certainty)
