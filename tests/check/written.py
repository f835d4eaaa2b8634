"""What is made of the small rules for releases and authors: ``python -m tests.check.written`` writes it anew."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.conftest import FIXTURE_RULES
from triage.check import load_ruleset
from triage.check.conformance import conformance_lines
from triage.check.coverage import claims, rows
from triage.check.lock import LOCK_FILE, write_lock
from triage.check.mutants import tried
from triage.check.proposed_examples import proposed
from triage.check.reading_age import reading_age, texts_of
from triage.check.rule_schema import rule_schema
from triage.check.shown import faults_of
from triage.model.ruleset import RuleSet
from triage.presenting.example_text import example_lines

FOLDER = Path(__file__).parent / "written"


def written() -> dict[str, Callable[[], str]]:
    """What makes each file, by the file's name."""
    ruleset = load_ruleset(FIXTURE_RULES)
    return {
        "lock.json": lambda: _lock(ruleset),
        "schema.txt": lambda: _schema(ruleset),
        "conformance.jsonl": lambda: "".join(f"{line}\n" for line in conformance_lines(ruleset)),
        "coverage.txt": lambda: "".join(f"{entry}\n" for entry in (*claims(ruleset), *rows(ruleset))),
        "examples.txt": lambda: "\n".join(_examples(ruleset)) + "\n",
        "mutants.txt": lambda: "".join(_mutants(ruleset)),
        "reading-age.txt": lambda: "".join(_reading_age(ruleset)),
    }


def _lock(ruleset: RuleSet) -> str:
    with TemporaryDirectory() as temporary:
        write_lock(ruleset, Path(temporary))
        return (Path(temporary) / LOCK_FILE).read_text(encoding="utf-8")


def _schema(ruleset: RuleSet) -> str:
    """The schema of rules over one fact of each type."""
    facts = {
        name: ruleset.vocabulary[name] for name in ("lean", "hazards", "nesting", "age_years", "blight", "crowded")
    }
    few = replace(ruleset, vocabulary=replace(ruleset.vocabulary, facts=facts))
    return "".join(f"{name}: {json.dumps(part, sort_keys=True)}\n" for name, part in rule_schema(few).items())


def _examples(ruleset: RuleSet) -> Iterator[str]:
    """What is lacking without any example, and what is proposed then."""
    for rule in ruleset.rules:
        bare = replace(rule, examples=())
        yield f"{rule.id}:"
        yield from example_lines(proposed(bare, ruleset.vocabulary), ruleset.vocabulary)
        yield from (f"    {fault}" for fault in faults_of([bare], ruleset.vocabulary))


def _mutants(ruleset: RuleSet) -> Iterator[str]:
    for rule in ruleset.rules:
        for few in (rule, replace(rule, examples=rule.examples[:2])):
            outcome = tried(few, ruleset.vocabulary)
            yield f"{rule.id} with {len(few.examples)} examples\n"
            for kind in ("caught", "missed", "equivalent"):
                yield "".join(f"  {kind}: {mutant.change}\n" for mutant in getattr(outcome, kind))


def _reading_age(ruleset: RuleSet) -> Iterator[str]:
    age = reading_age(ruleset)
    yield f"{age.count} texts, {age.mean:.6f} in the mean, holds: {age.holds}\n"
    yield from (f"hard: {text}\n" for text in age.hard)
    yield from (f"too hard: {text}\n" for text in age.too_hard)
    yield from (f"{text.grade:.6f} {text.name}: {text.text}\n" for text in texts_of(ruleset) if text.text)


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_, make in written().items():
        (FOLDER / name_).write_text(make(), encoding="utf-8")
