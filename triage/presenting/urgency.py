"""How urgent a referral is, in words, for answers and for referrals that got none."""

from __future__ import annotations

from triage.answer.model import UrgencyPart
from triage.presenting.labels import Labels


def urgency_title(urgency: UrgencyPart, labels: Labels) -> str:
    """The level; where it is not sorted yet, how many safety questions are open, and not that anyone is in danger."""
    if not urgency.not_sorted:
        return f"Urgency: {labels.term(urgency.level)}"
    number = len(urgency.missing)
    until = f"treat as {labels.term_in_sentence(urgency.level)} until they are asked"
    if not number:
        return f"Not sorted yet: treat as {labels.term_in_sentence(urgency.level)} until it can be answered"
    if number == 1:
        return f"Not sorted yet: 1 safety question open, {until.replace('they are', 'it is')}"
    return f"Not sorted yet: {number} safety questions open, {until}"


def urgency_in_one_line(urgency: UrgencyPart, labels: Labels) -> str:
    """The level and what is done now, for the line of an error."""
    return f"{urgency_title(urgency, labels)}. {' '.join((urgency.action.first, *urgency.action.lines))}"
