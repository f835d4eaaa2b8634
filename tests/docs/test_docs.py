"""The generated pages against the rule set that they come from."""

from __future__ import annotations

import html
import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import RULES
from triage.check.cases import read_cases
from triage.check.coverage import claims, rows, uncovered
from triage.cli import app
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.presenting.document import PARTS, pages, write
from triage.presenting.words import answer_in_words, condition_in_words, effects_in_words

TESTS = RULES.parent / "tests"
UNSIGNED = "Awaiting clinical sign-off."
UNSEEN = "[remembered or second-hand: not verified]"


@pytest.fixture(scope="module")
def by_name(ruleset: RuleSet) -> dict[str, str]:
    return pages(ruleset)


def _text(page: str) -> str:
    """The words of a page, on one line."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", page)).split())


def test_every_rule_has_a_page_with_conditions_effect_reason_and_examples(
    by_name: dict[str, str], ruleset: RuleSet
) -> None:
    vocabulary = ruleset.vocabulary
    for rule in ruleset.all_rules:
        text = _text(by_name[f"{rule.id}.html"])
        assert rule.title in text
        assert all(effect in text for effect in effects_in_words(rule, ruleset)), rule.id
        assert rule.because in text, rule.id
        assert all(condition_in_words(condition, vocabulary) in text for condition in rule.conditions), rule.id
        for example in rule.examples:
            assert example.name in text, rule.id
            assert all(answer_in_words(vocabulary[n], value) in text for n, value in example.given.items()), rule.id
        rows = (" ".join(ruleset.evidence_rows[row].split()) for row in rule.evidence)
        assert all(line in text for line in (*rule.not_covered, *rows)), rule.id
        assert UNSIGNED in text


def test_every_rules_page_has_its_sources_and_says_which_were_not_seen(
    by_name: dict[str, str], ruleset: RuleSet
) -> None:
    for rule in ruleset.all_rules:
        page = by_name[f"{rule.id}.html"]
        text = _text(page)
        for ref in rule.sources:
            source = ruleset.sources[ref.id]
            assert " ".join(source.citation.split()).rstrip(".") in text, (rule.id, ref.id)
            assert ref.finding is None or " ".join(ref.finding.split()) in text, (rule.id, ref.id)
            assert ref.claim is None or f": {source.claims[ref.claim]}" in text, (rule.id, ref.id)
        cited = [ruleset.sources[ref.id] for ref in rule.sources]
        assert text.count(UNSEEN) == sum(not source.verified and source.kind != "proposal" for source in cited), rule.id


def test_every_link_leads_to_a_place_that_is_there(by_name: dict[str, str]) -> None:
    places = {name: set(re.findall(r' id="([^"]+)"', page)) for name, page in by_name.items()}
    for name, page in by_name.items():
        for target in re.findall(r'href="([^"]+)"', page):
            file, _, anchor = target.partition("#")
            assert not file or file in by_name, (name, target)
            assert not anchor or anchor in places[file or name], (name, target)


def test_nothing_is_asked_of_the_network(by_name: dict[str, str]) -> None:
    for page in by_name.values():
        assert not re.search(r"<(script|link|img|iframe)|src=|url\(|@import", page)


def test_the_printable_document_has_each_rule_and_each_part_once(by_name: dict[str, str], ruleset: RuleSet) -> None:
    page = by_name["all.html"]
    ids = re.findall(r'<section class="rule" id="([^"]+)">', page)
    assert sorted(ids) == [rule.id for rule in ruleset.all_rules]
    assert all(page.count(f' id="{part}"') == 1 for part in PARTS)
    everywhere = re.findall(r' id="([^"]+)"', page)
    assert len(everywhere) == len(set(everywhere))


def test_the_same_rules_give_the_same_bytes(by_name: dict[str, str], ruleset: RuleSet, tmp_path: Path) -> None:
    assert write(ruleset, tmp_path) == len(by_name)
    assert {path.name: path.read_text(encoding="utf-8") for path in tmp_path.iterdir()} == by_name


def test_governance_is_told_as_it_is(by_name: dict[str, str], ruleset: RuleSet) -> None:
    text = _text(by_name["about.html"])
    assert "reviewers: none yet, awaiting clinical review" in text
    assert ruleset.about is not None
    assert len(ruleset.about.attributes) == 13
    assert all(f"{attribute.title}: {attribute.used}." in text for attribute in ruleset.about.attributes)
    assert all(change.version in text for change in ruleset.about.change_log)
    assert "no diagnosis, no prediction. It has not been assessed or cleared as a medical device anywhere." in text


def test_where_sources_disagree_both_sides_and_the_decision_stand(by_name: dict[str, str], ruleset: RuleSet) -> None:
    text = _text(by_name["decisions.html"])
    assert ruleset.about is not None
    for disagreement in ruleset.about.disagreements:
        assert " ".join(disagreement.decision.split()) in text, disagreement.id
        assert all(f"{position.who}: {position.says}" in text for position in disagreement.positions), disagreement.id


def test_no_claim_and_no_row_is_without_a_rule_or_a_reason(ruleset: RuleSet) -> None:
    assert uncovered(ruleset) == ()


def test_a_claim_whose_rules_go_is_found(ruleset: RuleSet) -> None:
    kept = tuple(rule for rule in ruleset.rules if not any(ref.claim == "S22" for ref in rule.sources))
    bare = replace(ruleset, rules=kept, course=None)
    assert "S22" in [claim.id for claim in uncovered(bare)]
    assert [row.id for row in rows(replace(ruleset, rules=())) if row.is_covered] == [
        row.id for row in rows(ruleset) if row.elsewhere or row.reason
    ]


def test_a_rule_set_with_a_claim_unencoded_does_not_pass(tmp_path: Path) -> None:
    folder = tmp_path / "rules"
    shutil.copytree(RULES, folder, ignore=shutil.ignore_patterns("lock.json"))
    path = folder / "sources.yaml"
    text = path.read_text(encoding="utf-8")
    assert "      S01: " in text
    path.write_text(text.replace("      S01: ", "      S99: Something new.\n      S01: ", 1), encoding="utf-8")
    for command in (["rules", "check"], ["docs", "--out", str(tmp_path / "out")]):
        result = CliRunner().invoke(app, [*command, "--rules", str(folder)])
        assert result.exit_code == 1, command
        assert "S99" in result.stderr, command
    line = text[: text.index("      S01: ")].count("\n") + 1
    output = CliRunner().invoke(app, ["rules", "check", "--rules", str(folder)]).stderr
    assert output == (
        f"rules/sources.yaml:{line}:7: No rule encodes `S99`: Something new. Write a rule that names it, or say why "
        "there is none. [coverage]\n1 fault found.\n"
    )


def test_the_command_writes_it_with_the_written_cases(tmp_path: Path, ruleset: RuleSet) -> None:
    result = CliRunner().invoke(app, ["docs", "--out", str(tmp_path), "--vignettes", str(TESTS / "vignettes")])
    assert result.exit_code == 0, result.stderr
    page = (tmp_path / "claims.html").read_text(encoding="utf-8")
    first = re.search(r'id="claim-S10">.*?</tr>', page, re.DOTALL)
    assert first is not None
    assert re.search(r"Written cases: [EV]\d\d", first.group())
    assert "Written cases" not in pages(ruleset)["claims.html"]


def test_a_folder_or_a_case_that_is_not_one_is_named(tmp_path: Path, ruleset: RuleSet) -> None:
    lacking = CliRunner().invoke(app, ["docs", "--out", str(tmp_path), "--vignettes", str(tmp_path / "none")])
    assert lacking.exit_code == 2
    assert "There is no folder" in lacking.stderr
    (tmp_path / "x.yaml").write_text("id: x\nfacts: {age_year: 3}\n", encoding="utf-8")
    with pytest.raises(FaultyRuleSet, match="Did you mean `age_years`"):
        read_cases([tmp_path], ruleset)


def test_every_use_that_the_page_names_is_seen_in_a_written_case(ruleset: RuleSet) -> None:
    cases = read_cases([TESTS / "vignettes", TESTS / "hard_cases"], ruleset)
    supporting = {rule.id for rule in ruleset.rules if rule.place.file.startswith("rules/indications/")}
    unseen = [
        claim.id
        for claim in claims(ruleset)
        if supporting & set(claim.rules) and not any(case.fired & set(claim.rules) for case in cases)
    ]
    assert unseen == []
