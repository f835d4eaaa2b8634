"""Two versions are compared only where the newer vocabulary has what the older rules read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from triage.analysis.compare import moves
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet


def test_what_the_older_rules_read_and_the_newer_vocabulary_lacks_is_named(fixture_rules: RuleSet) -> None:
    facts = dict(fixture_rules.vocabulary.facts)
    del facts["pruned_before"]
    labels = {value: label for value, label in facts["pests"].labels.items() if value != "beetles"}
    facts["pests"] = replace(facts["pests"], labels=labels)
    kept = tuple(rule for rule in fixture_rules.rules if not {"pruned_before", "pests"} & set(rule.facts))
    vocabulary = replace(fixture_rules.vocabulary, facts=facts)
    newer = replace(fixture_rules, vocabulary=vocabulary, rules=kept, all_rules=kept)
    with pytest.raises(FaultyRuleSet) as refused:
        moves(fixture_rules, newer)
    fix = "which the new vocabulary lacks. Compare with a version that has it. [vocabulary]"
    assert [str(fault).partition(": ")[2] for fault in refused.value.faults] == [
        f"`by-lift-where-no-birds-nest` of the old rules reads `pruned_before`, {fix}",
        f"`pruning-after-pruning` of the old rules reads `pruned_before`, {fix}",
        f"`spreading` of the old rules reads `pests: beetles`, {fix}",
    ]
