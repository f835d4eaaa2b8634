"""Write the counted tables of ``docs/knowledge.md`` anew from the rules, their reports and their planted faults."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from triage.check.alarm import alarm_report
from triage.model.alarm import AlarmReport
from triage.model.ruleset import RuleSet
from triage.presenting.card import card_of
from triage.presenting.labels import Labels
from triage.reading.folder import read_ruleset
from triage.reading.frequencies_file import read_frequencies
from triage.settings import PUBLISHED

PAGE = PUBLISHED.parent / "docs" / "knowledge.md"
FREQUENCIES = PUBLISHED.parent / "examples"
BEGIN = "<!-- counted: python tools/knowledge_tables.py -->"
SHOWN_CAUSES = 20


def main() -> None:
    """Put the tables in the place of those on the page."""
    PAGE.write_text(page(read_ruleset(PUBLISHED), PAGE), encoding="utf-8")


def page(ruleset: RuleSet, path: Path) -> str:
    """The whole page: what is written by hand, and the tables as they are counted now."""
    written, _, _ = path.read_text(encoding="utf-8").partition(BEGIN)
    return "\n".join((written + BEGIN, "", *_tables(ruleset), ""))


def _tables(ruleset: RuleSet) -> Iterator[str]:
    card, labels = card_of(ruleset), Labels(ruleset)
    folders = Counter(Path(rule.place.file).parent.name for rule in ruleset.rules)
    yield f"## Counted on rule set {ruleset.version}"
    yield ""
    yield f"{len(ruleset.rules)} rules; sources that were seen {card.verified}, of those that rules cite "
    yield f"{card.cited_verified}; rules of which something rests on a proposal {card.resting_on_proposals}; "
    yield f"{len(ruleset.hazards)} hazards; {len(ruleset.planted)} properties, each with a fault that it catches."
    yield ""
    yield from _table(("problem", "rules"), ((name, str(count)) for name, count in sorted(folders.items())))
    for name in ("frequencies-guessed.yaml", "frequencies.yaml"):
        report = alarm_report(ruleset, read_frequencies(FREQUENCIES / name, ruleset.vocabulary))
        yield f"### Alarm, drawn from {name}"
        yield ""
        yield from _alarm(report, ruleset, labels)
    yield "### Properties and the planted fault that each catches"
    yield ""
    yield from _table(("property", "fault"), ((f"`{id_}`", fault) for id_, fault in sorted(ruleset.planted.items())))


def _alarm(report: AlarmReport, ruleset: RuleSet, labels: Labels) -> Iterator[str]:
    levels = ruleset.scales.urgency_ids[2:]
    shares = ((labels.term(id_), f"{count / report.count:.1%}") for id_, count in report.levels.items())
    yield from _table(("level", f"share of {report.count}"), shares)
    heads = ("danger: its rules make it so / they alone", *(f"{labels.term(level)} or above" for level in levels))
    dangers = (
        (
            labels.term(share.danger),
            *(
                f"{share.any_from[level] / report.count:.1%} / {share.alone_from[level] / report.count:.1%}"
                for level in levels
            ),
        )
        for share in report.dangers
    )
    yield from _table(heads, dangers)
    causes = (
        (f"`{cause.rule}`", labels.term(cause.level), str(cause.fired), str(cause.only_cause))
        for cause in report.causes[:SHOWN_CAUSES]
    )
    yield from _table(("rule", "level", "fired", "only cause of the level"), causes)


def _table(heads: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield f"| {' | '.join(row)} |"
    yield ""


if __name__ == "__main__":
    main()
