"""Every rule has a source that exists; a support does not stand on unverified sources alone."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault, did_you_mean
from triage.model.rule import Advice, Effect, Format, Limits, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet

PROPOSAL = "proposal"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Check each rule's sources, claims and evidence rows."""
    known_rows = {*ruleset.evidence_rows}
    for rule in ruleset.all_rules:
        for source in rule.sources:
            yield from _exists(rule, source, ruleset)
        yield from _strong_enough(rule, ruleset)
        for row in rule.evidence:
            if row not in known_rows:
                message = f"`{row}` is not a row of the evidence index."
                yield Fault(rule.place, "evidence", message, "The rows stand in sources.yaml under `evidence_rows`.")


def _exists(rule: Rule, ref: SourceRef, ruleset: RuleSet) -> Iterator[Fault]:
    source = ruleset.sources.get(ref.id)
    if source is None:
        message = f"The source `{ref.id}` is not in sources.yaml."
        yield Fault(rule.place, "source", message, did_you_mean(ref.id, tuple(ruleset.sources)))
    elif ref.claim is not None and ref.claim not in source.claims:
        message = f"`{ref.id}` has no claim `{ref.claim}`."
        yield Fault(rule.place, "claim", message, did_you_mean(ref.claim, tuple(source.claims)))
    elif source.claims and ref.claim is None:
        yield Fault(rule.place, "claim", f"Which claim of `{ref.id}` is meant?", "Add `claim: S..`.")


def _strong_enough(rule: Rule, ruleset: RuleSet) -> Iterator[Fault]:
    found = [ruleset.sources[ref.id] for ref in rule.sources if ref.id in ruleset.sources]
    if not found:
        return
    if rule.of(Supports) and not any(each.verified for each in found):
        message = "A support can't stand on unverified sources alone."
        yield Fault(rule.place, "unverified", message, "Cite a source that was seen, or lower the support to advice.")
    elif not all(map(_is_caution, rule.effects)) and all(each.kind == PROPOSAL for each in found):
        message = "Only caution (an urgency, a limit, an unsuited format, advice) may rest on a proposal alone."
        yield Fault(rule.place, "proposal", message, "Cite what the proposal rests on.")


def _is_caution(effect: Effect) -> bool:
    return isinstance(effect, Urgency | Limits | Advice) or (isinstance(effect, Format) and not effect.suited)
