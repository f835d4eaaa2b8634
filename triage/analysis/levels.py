"""The urgency that fired rules set, and the floors that unanswered core facts set, as formulas."""

from __future__ import annotations

from triage.analysis.firing import Fired, exactly, remembered
from triage.analysis.formulas import Formula, every, no, some
from triage.model.rule import Urgency


class Levels(Fired):
    """Levels and floors of one rule set over one referral's variables."""

    @remembered
    def level_at_least(self, level: str) -> Formula:
        """A rule that fired sets this urgency or a higher one."""
        rank = self.scales.urgency_rank(level)
        if not rank:
            return every(())
        return self.some_fired(Urgency, lambda effect: self.scales.urgency_rank(effect.level) >= rank)

    def level_is(self, level: str) -> Formula:
        """The highest urgency that fired rules set is this one."""
        return exactly(self.level_at_least, self.scales.urgency_ids, level)

    @remembered
    def core_unanswered(self, name: str) -> Formula:
        """The fact is core and unanswered, and is not known not to be asked."""
        return every((no(self.variables.answered(name)), no(self.given.not_asked(name)), self._is_core(name)))

    def _is_core(self, name: str) -> Formula:
        core = self.ruleset.vocabulary[name].core
        match core.kind:
            case "never":
                return some(())
            case "always":
                return every(())
            case "when":
                return no(self.given.all_fail(core.when))
            case "given":
                return self.variables.given(core.given)

    @remembered
    def floor_at_least(self, level: str) -> Formula:
        """An unanswered core fact sets a floor of this level or higher: its own floor or the general one."""
        rank = self.scales.urgency_rank
        by_fact: list[Formula] = []
        for fact in self.ruleset.vocabulary:
            own = self.given.any_holds(fact.floor.held_while) if fact.floor is not None else some(())
            reaching = [own] if fact.floor is not None and rank(fact.floor.level) >= rank(level) else []
            general = [no(own)] if rank(self.scales.floor) >= rank(level) else []
            by_fact.append(every((self.core_unanswered(fact.name), some([*reaching, *general]))))
        return some(by_fact)

    def reported_at_least(self, level: str) -> Formula:
        """The urgency that is reported, floors included, is this one or higher."""
        return some((self.level_at_least(level), self.floor_at_least(level)))
