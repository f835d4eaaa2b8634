"""What an answer shows beside rating and level, as formulas: therapies, formats, additive lines, proposed areas."""

from __future__ import annotations

from collections.abc import Iterable

from triage.analysis.firing import Fired, remembered
from triage.analysis.formulas import Formula, every, no, some
from triage.model.rule import Alternative, Conjunction, Focus, Format, Urgency


class Shown(Fired):
    """What one rule set's answers show, over one referral's variables."""

    @remembered
    def offered(self, therapy: str) -> Formula:
        """A rule offers the therapy, and no answer rules it out."""
        not_when = next(term.not_offered_when for term in self.scales.therapies if term.id == therapy)
        offers = self.some_fired(Alternative, lambda effect: effect.therapy == therapy)
        return every((offers, no(self._any_known(not_when))))

    @remembered
    def suited(self, format_: str) -> Formula:
        """The format is called suited: a rule says so, none says that it is not, and what it needs is known to hold."""
        only_when = next(term.suited_only_when for term in self.scales.formats if term.id == format_)
        called = (self._called(Format(format_, suited=True)), no(self._called(Format(format_, suited=False))))
        return every([*called, *([self._any_known(only_when)] if only_when else [])])

    def _any_known(self, conjunctions: Iterable[Conjunction]) -> Formula:
        """One of the conjunctions is known to hold, of facts that are asked."""
        return some(every(map(self.answered.known, conjunction)) for conjunction in conjunctions)

    def _called(self, stance: Format) -> Formula:
        return self.some_fired(Format, lambda effect: effect == stance)

    @remembered
    def shows(self, line: str) -> Formula:
        """The action shows the line: a rule that fired has it, and none that fired has the line that hides it."""
        hidden_by = next(term.not_beside for term in self.scales.lines if term.id == line)
        in_action = self.some_fired(Urgency, lambda effect: line in effect.action.also)
        hidden = self.some_fired(Urgency, lambda effect: hidden_by in effect.action.also)
        return every((in_action, no(hidden)))

    @remembered
    def covered(self, id_: str) -> Formula:
        """A rule that fired covers this one."""
        return self.some_fired(Urgency, lambda effect: id_ in effect.covers)

    def proposes_area(self) -> Formula:
        """Some problem area is proposed."""
        return self.some_fired(Focus, lambda _: True)
