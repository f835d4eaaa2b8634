"""The rule-set card: what a reader needs before relying on it, counted from the rules themselves."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from triage.model.alarm import StoredAlarm
from triage.model.rule import Rule
from triage.model.ruleset import RuleSet, Source
from triage.presenting.labels import Labels

PROPOSAL = "proposal"
SHOWN_CAUSES = 10


@dataclass(frozen=True)
class Share:
    """A part of a whole."""

    part: int
    whole: int

    def __str__(self) -> str:
        return f"{self.part} of {self.whole} ({self.part / self.whole:.0%})" if self.whole else "none"


@dataclass(frozen=True)
class AlarmShown:
    """The stored report of alarms in words; ``is_current`` where it was made of the rules as they run.

    ``dangers`` holds, by danger, the share of referrals that its rules put at each level of ``reached`` or above.
    """

    stored: StoredAlarm
    is_current: bool
    levels: tuple[tuple[str, str], ...]
    ratings: tuple[tuple[str, str], ...]
    causes: tuple[tuple[Rule, int], ...]
    reached: tuple[str, ...]
    dangers: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True)
class Card:
    """Shares of verified sources and signed rules, proposals, levels lowered against the dossier, proofs, alarms."""

    verified: Share
    cited_verified: Share
    by_kind: tuple[tuple[str, Share], ...]
    signed: Share
    resting_on_proposals: Share
    lowered: tuple[Rule, ...]
    properties: int
    alarm: AlarmShown | None


def card_of(ruleset: RuleSet) -> Card:
    """Make the card of a rule set. A proposal is no source that could be verified, and is counted apart."""
    sources = [source for source in ruleset.sources.values() if source.kind != PROPOSAL]
    cited = {ref.id for rule in ruleset.rules for ref in rule.sources}
    rules = ruleset.rules
    lowered_by = ruleset.about.lowered_by if ruleset.about else None
    return Card(
        verified=_verified(sources),
        cited_verified=_verified(source for source in sources if source.id in cited),
        by_kind=tuple(
            (kind, _verified(source for source in sources if source.kind == kind))
            for kind in sorted({source.kind for source in sources})
        ),
        signed=Share(sum(rule.reviewed_by is not None for rule in rules), len(rules)),
        resting_on_proposals=Share(sum(_rests_on_a_proposal(rule, ruleset) for rule in rules), len(rules)),
        lowered=tuple(rule for rule in rules if any(ref.id == lowered_by for ref in rule.sources)),
        properties=len(ruleset.planted),
        alarm=_alarm(ruleset),
    )


def _verified(sources: Iterable[Source]) -> Share:
    listed = list(sources)
    return Share(sum(source.verified for source in listed), len(listed))


def _rests_on_a_proposal(rule: Rule, ruleset: RuleSet) -> bool:
    return any(ruleset.sources[ref.id].kind == PROPOSAL for ref in rule.sources)


def _alarm(ruleset: RuleSet) -> AlarmShown | None:
    stored = ruleset.alarm
    if stored is None:
        return None
    labels, report = Labels(ruleset), stored.report
    levels, ratings = (
        tuple((labels.term(id_), f"{count / report.count:.1%}") for id_, count in counts.items())
        for counts in (report.levels, report.ratings)
    )
    causes = [(ruleset.by_id[cause.rule], cause.only_cause) for cause in report.causes if cause.rule in ruleset.by_id]
    reached = ruleset.scales.urgency_ids[2:]
    return AlarmShown(
        stored,
        stored.digest == ruleset.digest,
        levels,
        ratings,
        tuple(causes[:SHOWN_CAUSES]),
        tuple(map(labels.term, reached)),
        tuple(
            (labels.term(danger.danger), tuple(f"{danger.any_from[level] / report.count:.1%}" for level in reached))
            for danger in report.dangers
        ),
    )
