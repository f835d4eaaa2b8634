"""The properties of the rules as rules: their ids and sentences, so that they can be named without the solver."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from triage.model.ruleset import RuleSet
from triage.reading.properties_file import read_properties

STRUCTURAL_SENTENCES: Mapping[str, str] = {
    "answering-more-lowers-nothing": "Whatever else is answered, the urgency that rules have set is never lowered.",
    "open-safety-is-urgent": "While any core safety question is unanswered, the urgency is urgent at least.",
    "every-rule-can-fire": "Every rule fires on some referral.",
    "every-urgency-and-limit-matters": (
        "Without any one urgency rule or limit, some referral has another level, action, line, reason, rating or role."
    ),
    "every-support-matters": (
        "Without any one support, rating, role or certainty of some target on some referral is another."
    ),
    "every-proposal-matters": (
        "Without any one rule that proposes an area, speaks of a format, offers a therapy or reads a score, some "
        "referral has another answer."
    ),
    "no-two-rules-mean-the-same": "No two rules fire on the same referrals to the same effect.",
    "a-plan-follows-from-its-target": (
        "A course keeps well where its condition is over, prevents where it is to prevent, and treats in all else."
    ),
    "levels-have-actions-and-only-holds-hide": (
        "Every urgency above routine says what to do; where one level holds the rating back, every higher one does."
    ),
}


def names(ruleset: RuleSet, folder: Path) -> tuple[str, ...]:
    """The ids of all properties. Raises FaultyRuleSet where one names what does not exist."""
    return (*(property_.id for property_ in read_properties(folder, ruleset)), *STRUCTURAL_SENTENCES)
