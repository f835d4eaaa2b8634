"""What is shown of the small rules to people and programs: ``python -m tests.presenting.written`` writes it anew."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from msgspec import json

from tests.cli.printed import REFERRALS
from tests.conftest import FIXTURE_RULES
from triage.answer.assess import Assessor, build_assessor
from triage.answer.problem_urgency import urgency_of_refused, urgency_of_unanswered
from triage.check import load_ruleset
from triage.engines.agreement import EngineDisagreement, EngineFailure
from triage.model.ruleset import RuleSet
from triage.model.written import encode
from triage.presenting import by_problem
from triage.presenting.as_data import describe_rule, describe_ruleset, describe_source, describe_vocabulary
from triage.presenting.document import pages
from triage.presenting.hazard_log import Result
from triage.presenting.labels import Labels
from triage.presenting.letter import Letter, letter
from triage.presenting.problems import failed, problem, refusal
from triage.presenting.rule_text import rule_in_words
from triage.presenting.urgency import urgency_in_one_line
from triage.reading.json_text import parse_json
from triage.reading.properties_file import read_properties
from triage.reading.referral import Referral, RefusedReferral
from triage.settings import Settings

FOLDER = Path(__file__).parent / "written"
REFUSED: Mapping[str, bytes] = {
    "no referral": b"{",
    "a wrong name": b'{"reference": "R-1", "facts": {"age_year": 3, "lean": "falling"}}',
    "a contradiction": b'{"facts": {"nesting": "none", "nestlings": "in_danger"}}',
    "a contradiction and a wrong value": b'{"facts": {"nesting": "none", "nestlings": "in_danger", "insured": 3}}',
}


def written() -> dict[str, Callable[[], str]]:
    """What makes each file, by the file's name."""
    ruleset = load_ruleset(FIXTURE_RULES)
    orchard = build_assessor(ruleset, Settings(rules=FIXTURE_RULES, crisis_line="555-0100", emergency_number=None))
    return {
        "rules.txt": lambda: "\n----\n".join(rule_in_words(rule, ruleset) for rule in ruleset.all_rules) + "\n",
        "vocabulary.json": lambda: _indented(describe_vocabulary(ruleset)),
        "rules.json": lambda: "".join(_indented(describe_rule(rule, ruleset)) for rule in ruleset.all_rules),
        "sources.json": lambda: "".join(
            _indented(describe_source(source, ruleset)) for source in ruleset.sources.values()
        ),
        "ruleset.json": lambda: _indented(describe_ruleset(ruleset)),
        "document.txt": lambda: "".join(_document(pages(ruleset))),
        "problems.txt": lambda: "".join(_of_problems(ruleset)),
        "letters.txt": lambda: "".join(_letters(orchard)),
        "problems.json": lambda: "".join(_indented(shown) for shown in _problems(orchard)),
        "urgency.txt": lambda: "".join(_urgencies(orchard)),
    }


def _indented(shown: Any) -> str:
    return json.format(encode(shown), indent=1).decode() + "\n"


def _of_problems(ruleset: RuleSet) -> Iterator[str]:
    """The rules by problem: sections, offers, sources, and the properties that concern the problem."""
    properties = read_properties(FIXTURE_RULES, ruleset)
    proved = {known.id: Result(known.sentence, known.id != "danger-falling") for known in properties[1:]}
    rules = zip(properties, ruleset.rules, strict=False)
    seen = replace(ruleset, planted={known.id: f"The rule `{rule.id}` is left out." for known, rule in rules})
    for of_rules in by_problem.problems(seen):
        yield f"# {of_rules.id}: {of_rules.title}, {of_rules.signed} of {len(of_rules.rules)} signed\n"
        for section in by_problem.sections(of_rules, seen):
            yield f"{section.id}: {section.title}: {', '.join(rule.id for rule in section.rules)}\n"
        for therapy, offers in by_problem.offers(of_rules, seen).items():
            yield from (f"{therapy}: {o.offered} for {o.about or 'all'}: {o.because} ({o.rule.id})\n" for o in offers)
        for cited in by_problem.sources(of_rules, seen):
            yield f"{cited.source.id}: {', '.join(rule.id for rule in cited.rules)}\n"
        for under_way in (False, True):
            of_problem = by_problem.proofs(of_rules, properties, seen, proved, under_way=under_way)
            yield from (f"{proof.id}: {proof.sentence} {proof.result}\n" for proof in of_problem)


def _document(by_name: Mapping[str, str]) -> Iterator[str]:
    """The page that has everything, and two that stand in files of their own."""
    for name in ("index.html", "falling.html", "all.html"):
        yield f"# {name}\n{_words(by_name[name])}\n"


def _words(page: str) -> str:
    """The words of a page and where its links lead, a line each."""
    linked = re.sub(r'<a href="([^"]*)"[^>]*>', r"[\1] ", page)
    lines = html.unescape(re.sub(r"<style>.*?</style>|<[^>]+>", "\n", linked, flags=re.DOTALL)).splitlines()
    return "\n".join(filter(None, (" ".join(line.split()) for line in lines)))


def _letters(orchard: Assessor) -> Iterator[str]:
    for state, decided, service in (("sorted", "", ""), ("not_sorted", "The clinician agreed.", "The tree clinic")):
        about = Letter("25 Nov 2026", "by Thu 11:12", "urgent", state, decided, service)
        for name, data in REFERRALS.items():
            answer = orchard.assess(orchard.reader.read(data))
            yield f"# {name}, {state}\n{_words(letter(orchard.ruleset, answer, about))}\n"


def _problems(orchard: Assessor) -> Iterator[Any]:
    for text in REFUSED.values():
        try:
            orchard.reader.read(parse_json(text))
        except RefusedReferral as refused:
            yield refusal(refused, urgency_of_refused(orchard, refused), line=7, reference=refused.reference)
            yield refusal(refused)
    for failure in (
        ValueError("no"),
        EngineFailure("sha256:1", frozenset({"falling"}), ValueError("no")),
        EngineDisagreement("sha256:1", frozenset({"falling", "leaning"}), frozenset({"leaning"})),
    ):
        yield failed(failure, urgency_of_unanswered(orchard, Referral({}), failure))
        yield failed(failure)
    yield problem(404, "Not there", "There is nothing here.")


def _urgencies(orchard: Assessor) -> Iterator[str]:
    labels = Labels(orchard.ruleset)
    for name, data in REFERRALS.items():
        yield f"{name}: {urgency_in_one_line(orchard.assess(orchard.reader.read(data)).urgency, labels)}\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name_, make in written().items():
        (FOLDER / name_).write_text(make(), encoding="utf-8")
