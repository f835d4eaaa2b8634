"""What is made of the small rules for releases and authors, held whole; cases, bounds and bars to a release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from tests.check.written import FOLDER, written
from triage.check.bump import plan_bump
from triage.check.cases import read_cases, referrals_in
from triage.check.lock import write_lock
from triage.check.reading_age import grade, reading_age
from triage.check.release import release_faults
from triage.check.size import check
from triage.model.about import Wording
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet

FILES = ("lock.json", "schema.txt", "conformance.jsonl", "coverage.txt", "examples.txt", "mutants.txt",
         "reading-age.txt")  # fmt: skip


@pytest.mark.parametrize("name", FILES)
def test_what_is_made_is_as_it_stands_written(name: str) -> None:
    assert written()[name]() == (FOLDER / name).read_text(encoding="utf-8"), (
        "where the change is meant: python -m tests.check.written"
    )


def test_every_file_is_held() -> None:
    assert {*FILES} == {*written()} == {path.name for path in FOLDER.iterdir()}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", -15.59),
        ("Go home.", 0.39 * 2 + 11.8 * 2 / 2 - 15.59),  # the e of home is silent
        ("The little table", 0.39 * 3 + 11.8 * (1 + 2 + 2) / 3 - 15.59),
        ("Stop. Look! Why? Now: so; yes.", 0.39 * 6 / 6 + 11.8 * 6 / 6 - 15.59),
        ("Rhythm e", 0.39 * 2 + 11.8 * 2 / 2 - 15.59),
    ],
)
def test_a_grade_is_that_of_the_formula(text: str, expected: float) -> None:
    assert grade(text) == pytest.approx(expected)


def test_a_hard_text_is_named_unless_it_is_excepted(fixture_rules: RuleSet) -> None:
    hard = "Considerable complications necessitate multidisciplinary consideration immediately, in every case."
    steps = {**fixture_rules.scales.next_step, "urgent": hard}
    harder = replace(fixture_rules, scales=replace(fixture_rules.scales, next_step=steps))
    age = reading_age(harder)
    assert ([text.name for text in age.hard], [text.name for text in age.too_hard]) == (["urgent"], ["urgent"])
    assert not age.holds
    assert harder.about is not None
    excepted = replace(harder.about, wording=Wording(may_be_harder={"urgent": "It is meant."}))
    allowed = reading_age(replace(harder, about=excepted))
    assert ([text.name for text in allowed.hard], allowed.too_hard, allowed.holds) == (["urgent"], (), True)


def test_a_written_case_is_read_with_the_core_questions_that_it_leaves_clear(
    fixture_rules: RuleSet, tmp_path: Path
) -> None:
    (tmp_path / "b.yaml").write_text("id: b\nfacts: {blight: remitted}\n", encoding="utf-8")
    text = "id: a\nstory: |\n  It  leans.\n  So.\nall_clear: true\n"
    text += "facts: {lean: slight, pests: [beetles], nesting: fledged}\n"
    (tmp_path / "a.yaml").write_text(text, encoding="utf-8")
    first, second = read_cases([tmp_path], fixture_rules)
    assert (first.id, first.story, first.fired) == (
        "a",
        "It leans. So.",
        frozenset({"leaning", "spreading", "on-the-site"}),
    )
    assert (second.id, second.story, second.fired) == ("b", "", frozenset({"blight-gone"}))
    assert list(referrals_in([tmp_path], fixture_rules)) == [
        {"lean": "slight", "pests": frozenset({"beetles"}), "nesting": "fledged", "hazards": frozenset(),
         "nestlings": "none"},
        {"blight": "remitted"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "{path}: A case has an `id`, a `story` and `facts`. [case]"),
        ("facts: {}", "{path}: A case has an `id`, a `story` and `facts`. [case]"),
        ("id: a\nfacts: {laen: none}", "{path}: /facts/laen: `laen` is not a fact. Did you mean `lean`? [case]"),
    ],
)
def test_a_case_that_can_not_be_read_is_named(text: str, message: str, fixture_rules: RuleSet, tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FaultyRuleSet) as refused:
        read_cases([tmp_path], fixture_rules)
    assert [str(fault) for fault in refused.value.faults] == [message.format(path=path)]


def test_rules_whose_diagram_is_too_large_are_named(fixture_rules: RuleSet) -> None:
    (fault,) = check(fixture_rules, most_nodes=100)
    assert str(fault) == (
        "fixture_rules/indications/blight-grown-tree.yaml:5:1: The decision diagram has more than 100 nodes. "
        "These share facts with most other rules: `blight-grown-tree` (5), `blight-young-tree` (5), `blight-gone` (4). "
        "Split them into rules that read fewer facts. [size]"
    )


def test_every_bar_to_a_release_is_named(fixture_rules: RuleSet, tmp_path: Path) -> None:
    folder = tmp_path / "trees"
    folder.mkdir()
    assert [str(fault) for fault in release_faults(fixture_rules, folder)] == [
        "trees/lock.json: Nothing was released yet: there is no lock file. Run `triage rules bump`. [lock]"
    ]
    write_lock(fixture_rules, folder)
    assert list(release_faults(fixture_rules, folder)) == []
    assert plan_bump(fixture_rules, folder) is None
    about = fixture_rules.about
    assert about is not None
    entry = about.change_log[0]
    drafted = replace(about, change_log=(replace(entry, changes=("Draft: new: rule a.",)),))
    lacking = replace(about, change_log=())
    unknown = replace(about, disagreements=(replace(about.disagreements[0], rules=("canker-besid-paint",)),))
    place = str(about.place)
    for other, message in (
        (drafted, f"{place}: The change log's entry for version 1.0.0 is still a draft. "
         "Say in words what changed, without “Draft:”. [change-log]"),
        (lacking, f"{place}: The change log has no entry for version 1.0.0. "
         "Add one under `change_log` that says what changed. [change-log]"),
        (unknown, f"{about.disagreements[0].place}: The decision `paint` names `canker-besid-paint`, "
         "which is no active rule. Did you mean `canker-beside-paint`? [decision]"),
    ):  # fmt: skip
        assert [str(fault) for fault in release_faults(replace(fixture_rules, about=other), folder)] == [message]
