"""Check that the sources of rules exist, and that no support rests on unverified sources alone."""

from __future__ import annotations

from collections.abc import Iterator

from triage.model.faults import Fault, did_you_mean
from triage.model.rule import Advice, Effect, Format, Limits, Rule, SourceRef, Supports, Urgency
from triage.model.ruleset import RuleSet

PROPOSAL = "proposal"


def check(ruleset: RuleSet) -> Iterator[Fault]:
    """Check the sources and evidence rows of each rule, and the sources named outside the rules."""
    rows = tuple(ruleset.evidence_rows)
    for rule in ruleset.all_rules:
        for ref in rule.sources:
            yield from _exists(ref, ruleset)
        yield from _strong_enough(rule, ruleset)
        for index, row in enumerate(rule.evidence):
            if row not in ruleset.evidence_rows:
                message = f"`{row}` is not a row of the evidence index."
                fix = did_you_mean(row, rows) or "The rows stand in sources.yaml under `evidence_rows`."
                yield Fault(rule.at("evidence", index), "evidence", message, fix)
    for ref in _elsewhere(ruleset):
        yield from _known(ref, ruleset)
    yield from _decisions(ruleset)


def _elsewhere(ruleset: RuleSet) -> Iterator[SourceRef]:
    """List the sources that are named outside the rules."""
    for reason in ruleset.scales.built_in.values():
        yield from reason.sources
    for escalation in ruleset.scales.escalations:
        yield from escalation.sources
    if ruleset.course is not None:
        yield from ruleset.course.cited


def _decisions(ruleset: RuleSet) -> Iterator[Fault]:
    """Check the source of each side of a disagreement and of each statement on the law."""
    for disagreement in ruleset.about.disagreements if ruleset.about else ():
        for position in disagreement.positions:
            yield from _known(SourceRef(position.source, position.claim, place=position.place), ruleset)
    for statement in ruleset.about.regulatory if ruleset.about else ():
        yield from _known(SourceRef(statement.source, place=statement.place), ruleset)


def _exists(ref: SourceRef, ruleset: RuleSet) -> Iterator[Fault]:
    yield from _known(ref, ruleset)
    source = ruleset.sources.get(ref.id)
    if source is not None and source.claims and ref.claim is None:
        yield Fault(ref.place, "claim", f"Which claim of `{ref.id}` is meant?", "Add `claim: S..`.")


def _known(ref: SourceRef, ruleset: RuleSet) -> Iterator[Fault]:
    source = ruleset.sources.get(ref.id)
    if source is None:
        message = f"The source `{ref.id}` is not in sources.yaml."
        yield Fault(ref.place, "source", message, did_you_mean(ref.id, tuple(ruleset.sources)))
    elif ref.claim is not None and ref.claim not in source.claims:
        message = f"`{ref.id}` has no claim `{ref.claim}`."
        yield Fault(ref.place, "claim", message, did_you_mean(ref.claim, tuple(source.claims)))


def _strong_enough(rule: Rule, ruleset: RuleSet) -> Iterator[Fault]:
    sources = [ruleset.sources[ref.id] for ref in rule.sources if ref.id in ruleset.sources]
    if not sources:
        return
    if rule.of(Supports) and not any(source.verified for source in sources):
        message = "A support can't stand on unverified sources alone."
        fix = "Cite a source that was seen, or lower the support to advice."
        yield Fault(rule.at("sources"), "unverified", message, fix)
    elif not all(map(_is_caution, rule.effects)) and all(source.kind == PROPOSAL for source in sources):
        message = "Only caution (an urgency, a limit, an unsuited format, advice) may rest on a proposal alone."
        yield Fault(rule.at("sources"), "proposal", message, "Cite what the proposal rests on.")


def _is_caution(effect: Effect) -> bool:
    return isinstance(effect, Urgency | Limits | Advice) or (isinstance(effect, Format) and not effect.suited)
