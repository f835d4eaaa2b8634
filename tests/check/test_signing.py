"""Which requests of clinicians sign a rule, and that a review is written into its file and nowhere else."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from tests.conftest import FIXTURE_RULES, RULES
from triage.check import load_ruleset, signed
from triage.check.rule_digest import meaning_digest
from triage.check.signing import Said, plan_signing, write_reviews
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.presenting.rule_version import version_of, version_of_all
from triage.reading.folder import read_ruleset

NOW = {"blight-gone": "now"}
CLARA = Said("blight-gone", True, "clara", "Dr Clara Weiss", "2026-11-24", "", "now")
OTTO = Said("blight-gone", False, "otto", "Dr Otto Berg", "2026-11-23", "Not in\nwinter.", "now")


@pytest.mark.parametrize(
    ("statements", "sentence", "review"),
    [
        ((CLARA,), "signed by Dr Clara Weiss on 2026-11-24", ("Dr Clara Weiss", "2026-11-24")),
        ((CLARA, OTTO), "not signed: Dr Otto Berg objects (2026-11-23): Not in winter", None),
        (
            (replace(CLARA, account="otto"), OTTO),
            "signed by Dr Clara Weiss on 2026-11-24",
            ("Dr Clara Weiss", "2026-11-24"),
        ),
        (
            (replace(CLARA, version="before"),),
            "not signed: the rule was changed since Dr Clara Weiss read it on 2026-11-24",
            None,
        ),
        (
            (CLARA, replace(OTTO, version="before")),
            "signed by Dr Clara Weiss on 2026-11-24",
            ("Dr Clara Weiss", "2026-11-24"),
        ),
    ],
    ids=["agreed", "objected", "objected and then agreed", "changed since", "objected to what was changed since"],
)
def test_a_rule_is_signed_where_clinicians_agree(
    statements: tuple[Said, ...], sentence: str, review: tuple[str, str] | None, fixture_rules: RuleSet
) -> None:
    (signing,) = plan_signing(fixture_rules, statements, NOW)
    assert (signing.sentence, signing.review) == (sentence, review)


def test_what_was_said_of_an_older_version_counts_where_it_is_asked_for(fixture_rules: RuleSet) -> None:
    before = replace(CLARA, version="before")
    (signing,) = plan_signing(fixture_rules, [before], NOW, older=True)
    assert signing.sentence == "signed by Dr Clara Weiss on 2026-11-24, who read an older version"
    assert signing.review == ("Dr Clara Weiss", "2026-11-24")
    (signing,) = plan_signing(fixture_rules, [replace(OTTO, version="before"), CLARA], NOW, older=True)
    assert signing.review is None


def test_a_rule_that_is_gone_or_signed_already_is_named(fixture_rules: RuleSet) -> None:
    (gone,) = plan_signing(fixture_rules, [replace(CLARA, rule="felled")], NOW)
    assert (gone.rule, gone.sentence, gone.review) == ("felled", "not signed: the rule is gone", None)
    (rule,) = [rule for rule in fixture_rules.all_rules if rule.id == "blight-gone"]
    for by, sentence in (
        ("Dr Clara Weiss", "signed already by Dr Clara Weiss on 2026-11-24"),
        ("Dr Ada Lund", "signed by Dr Clara Weiss on 2026-11-24; it was signed by Dr Ada Lund on 2026-11-24"),
    ):
        of_that_day = replace(rule, reviewed_by=by, reviewed_on="2026-11-24")
        (signing,) = plan_signing(replace(fixture_rules, all_rules=(of_that_day,)), [CLARA], NOW)
        assert signing.sentence == sentence


@pytest.mark.parametrize(
    "folder", [FIXTURE_RULES, pytest.param(RULES, marks=pytest.mark.published)], ids=["small", "published"]
)
@pytest.mark.parametrize("part", [1, 2], ids=["all", "every second"])
def test_reviews_are_written_and_nothing_else_changes(folder: Path, part: int, tmp_path: Path) -> None:
    copy = tmp_path / folder.name
    shutil.copytree(folder, copy)
    before = read_ruleset(copy)
    reviews = {rule.id: (f"Dr “{rule.id}”: #1", "2026-11-25") for rule in before.all_rules[::part]}
    if part == 1:
        reviews = dict.fromkeys(reviews, ("Dr Clara Weiss", "2026-11-25"))
    write_reviews(before, copy, reviews)
    after = read_ruleset(copy)
    for rule, was in zip(after.all_rules, before.all_rules, strict=True):
        assert (rule.reviewed_by, rule.reviewed_on) == reviews.get(rule.id, (None, None))
        assert version_of(rule, after) == version_of(was, before)
    changed = [
        path for path in copy.rglob("*.yaml") if path.read_text() != (folder / path.relative_to(copy)).read_text()
    ]
    assert {path.name for path in changed} <= {Path(rule.place.file).name for rule in before.all_rules}


def test_a_signature_holds_until_the_meaning_is_changed(tmp_path: Path) -> None:
    copy = tmp_path / FIXTURE_RULES.name
    shutil.copytree(FIXTURE_RULES, copy)
    rules = read_ruleset(copy)
    write_reviews(rules, copy, {rule.id: ("Dr Clara Weiss", "2026-11-25") for rule in rules.all_rules})
    assert [*signed.check(read_ruleset(copy))] == []
    table = copy / "dangers/steps-of-leaning.yaml"
    for before, after, faults in (
        ("title: ", "title: Still ", []),
        (
            "level: very_urgent",
            "level: emergency",
            [
                "fixture_rules/dangers/steps-of-leaning.yaml:20:5: Dr Clara Weiss signed `falling` on 2026-11-25, "
                "and it meant something else. Write `review: {by: null, on: null}`, and have it read and signed anew "
                "(`triage rules sign`). [signed]"
            ],
        ),
    ):
        text = table.read_text()
        assert before in text
        table.write_text(text.replace(before, after, 1))
        assert [str(fault) for fault in signed.check(read_ruleset(copy))] == faults


def _with_review(written: str, folder: Path) -> tuple[Path, Path, str]:
    """A copy of the small rule set with a review in one file; that file, and the rest of its text."""
    copy = folder / FIXTURE_RULES.name
    shutil.copytree(FIXTURE_RULES, copy)
    file = copy / "indications/blight-gone.yaml"
    rest = "".join(line for line in file.read_text().splitlines(keepends=True) if not line.startswith("review:"))
    file.write_text(written + rest)
    return copy, file, rest


def test_a_signature_written_by_hand_holds_for_no_meaning(tmp_path: Path) -> None:
    copy, _, _ = _with_review("review: {by: Dr Ada Lund, on: 2026-01-01}\n", tmp_path)
    with pytest.raises(FaultyRuleSet, match="Dr Ada Lund signed `blight-gone` on 2026-01-01, and it meant something"):
        load_ruleset(copy)


def test_a_review_that_stands_on_lines_of_its_own_is_replaced(tmp_path: Path) -> None:
    copy, file, rest = _with_review("review:\n  by: Dr Ada Lund\n  on: 2026-01-01\n# a remark\n", tmp_path)
    rules = read_ruleset(copy)
    assert write_reviews(rules, copy, {"blight-gone": ("Dr Clara Weiss", "2026-11-25")}) == (file,)
    (rule,) = [rule for rule in rules.all_rules if rule.id == "blight-gone"]
    written = f'review: {{by: "Dr Clara Weiss", on: "2026-11-25", meaning: "{meaning_digest(rule)}"}}\n# a remark\n'
    assert file.read_text().replace("review:\n  ", "review: ") == written + rest


def test_the_version_of_a_rule_is_that_of_what_is_read(fixture_rules: RuleSet) -> None:
    rule = fixture_rules.all_rules[0]
    version = version_of(rule, fixture_rules)
    assert version == version_of(replace(rule, reviewed_by="Dr Ada Lund", author="Ada"), fixture_rules)
    for change in ({"because": "Another reason."}, {"examples": rule.examples[1:]}, {"sources": rule.sources[1:]}):
        assert version != version_of(replace(rule, **change), fixture_rules)
    assert version_of_all({"a": "1", "b": "2"}) == version_of_all({"b": "2", "a": "1"})
    assert version_of_all({"a": "1", "b": "2"}) != version_of_all({"a": "1", "b": "3"})
