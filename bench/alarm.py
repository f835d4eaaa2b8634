"""How many referrals are urgent: the report of ``triage rules alarm``, for whoever reads the benchmarks."""

from __future__ import annotations

from bench.table import print_table
from triage.check import load_ruleset
from triage.check.alarm import alarm_report
from triage.reading.frequencies_file import read_frequencies
from triage.settings import PUBLISHED

FREQUENCIES = PUBLISHED.parent / "examples" / "frequencies.yaml"


def main() -> None:
    """Print the share of each level and rating, and the rules that are most often the only cause."""
    ruleset = load_ruleset(PUBLISHED)
    report = alarm_report(ruleset, read_frequencies(FREQUENCIES, ruleset.vocabulary))
    shares = {**report.levels, **report.ratings}
    rows = [(id_, f"{count / report.count:.1%}") for id_, count in shares.items()]
    print_table(f"{report.count} drawn referrals, everything asked", ("level or rating", "share"), rows)
    causes = [(cause.rule, cause.level, f"{cause.fired}", f"{cause.only_cause}") for cause in report.causes]
    print_table("Rules by how often each is the only cause of the level", ("rule", "level", "fired", "alone"), causes)
