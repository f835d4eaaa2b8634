"""Whom a change of the rules moves in a table: counted as the reference counts, and drawn as it is said in words."""

from __future__ import annotations

import re
import shutil
import xml.etree.ElementTree as ElementTree
from collections import Counter
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner

from tests.conftest import FIXTURE_RULES
from tests.population.agreement import meant, random_referrals
from tests.population.test_files import _as_csv
from triage.check import load_ruleset
from triage.cli import app
from triage.engines import reference
from triage.model.ruleset import RuleSet
from triage.population.flow import flow_picture, in_words
from triage.population.moves import Moving
from triage.population.sources import FrameTable, TextSource
from triage.reading.counting import count_answers


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small rule set, with felling no longer refused and one level raised."""
    folder = tmp_path_factory.mktemp("changed") / "rules"
    shutil.copytree(FIXTURE_RULES, folder, ignore=shutil.ignore_patterns("lock.json"))
    (folder / "limits" / "felling-as-the-wish.yaml").unlink()
    spreading = folder / "dangers" / "spreading.yaml"
    spreading.write_text(spreading.read_text(encoding="utf-8").replace("level: semi_urgent", "level: urgent"), "utf-8")
    return folder


def test_movers_are_those_of_the_reference(fixture_rules: RuleSet, changed: Path, tmp_path: Path) -> None:
    new = load_ruleset(changed)
    referrals = random_referrals(fixture_rules, 1_500, seed=11)
    csv = tmp_path / "list.csv"
    csv.write_text(_as_csv(fixture_rules, referrals), encoding="utf-8")
    frame = pl.read_csv(csv, infer_schema=False).with_columns(pl.Series("site", ["a", "b", "b"] * 500))
    moves = Moving(fixture_rules, new, TextSource(FrameTable(frame), new, ["site"]), "site").over(
        tmp_path / "movers.csv"
    )

    flows: Counter[tuple[str, str, str]] = Counter()
    movers: dict[int, set[str]] = {}
    for row, given in enumerate(referrals, start=1):
        before, after = (meant(ruleset, given) for ruleset in (fixture_rules, new))
        if before["refused"]:
            continue
        outcomes = [("urgency", "level_so_far"), ("rating", "rating_so_far")]
        flows.update((scale, before[column], after[column]) for scale, column in outcomes)
        if any(before[column] != after[column] for _, column in outcomes):
            answers = count_answers(new.vocabulary, given.answers, given.said_by).answers
            old_fired, new_fired = (reference.evaluate(ruleset, answers).fired for ruleset in (fixture_rules, new))
            movers[row] = {*(old_fired ^ new_fired), *({"spreading"} & (old_fired | new_fired))}
    assert movers
    assert moves.flows == flows
    written = pl.read_csv(tmp_path / "movers.csv")
    assert {row["row"]: set(row["rules"].split(";")) for row in written.to_dicts()} == movers
    assert moves.moved == len(movers)
    assert moves.rated + moves.refused == 1_500
    assert sum(moved for _, moved in moves.groups.values()) == len(movers)
    assert sum(rows for rows, _ in moves.groups.values()) == moves.rated


def test_a_picture_has_a_band_for_each_flow_and_says_the_same_in_words() -> None:
    flows = {("low", "low"): 10, ("low", "high"): 5, ("high", "low"): 1}
    labels = {"low": "Low & slow", "high": "High"}
    assert in_words(flows, labels) == "5 from Low & slow to High; 1 from High to Low & slow; 10 stay."
    picture = ElementTree.fromstring(flow_picture("Levels", ("high", "low"), flows, labels))
    name = "{http://www.w3.org/2000/svg}"
    assert picture.findtext(f"{name}desc") == in_words(flows, labels)
    assert len(picture.findall(f"{name}path")) == 3
    texts = [text.text for text in picture.findall(f"{name}text")]
    assert texts == ["Before", "After", "High 1", "Low & slow 15", "High 5", "Low & slow 11"]


def test_the_command_says_who_moves_with_the_exact_share_and_whether_it_is_noise(changed: Path, tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("site,main_wish\n" + "a,felling\n" + "b,shade\n" * 9 + "b,fell\n", encoding="utf-8")
    result = CliRunner().invoke(
        app,
        ["diff", str(FIXTURE_RULES), str(changed), "--over", str(table), "--by", "site", "--noise", "20",
         "--picture", str(tmp_path / "moves.svg")],
        env={"COLUMNS": "200"},
    )  # fmt: skip
    assert "Of 10 rows of list.csv, 1 refused, 1 move (10.00 %)." in result.stdout
    assert "That is less than 20 %: no more than noise, by the share that was set." in result.stdout
    line = next(line for line in result.stdout.splitlines() if "felling-as-the-wish (1)" in line)
    assert re.split(r"\s{2,}", line.strip()) == [
        "Rating from Not advised to No reason for it, by felling-as-the-wish (1)", "1", "10.00 %", "2.16 %",
    ]  # fmt: skip
    assert re.search(r"a\s+1\s+1\s+100.00 %", result.stdout)
    assert "Urgency: 10 stay." in result.stdout
    assert ElementTree.parse(tmp_path / "moves.svg").getroot().tag.endswith("svg")
    wrong = CliRunner().invoke(app, ["diff", str(FIXTURE_RULES), str(changed), "--over", str(tmp_path / "none.csv")])
    assert wrong.exit_code == 2
    assert "none.csv: the file can't be read: No such file or directory." in wrong.stderr.replace("\n", "")


def test_the_movers_and_the_picture_never_replace_the_table(tmp_path: Path) -> None:
    table = tmp_path / "list.csv"
    table.write_text("main_wish\nshade\n", encoding="utf-8")
    for option in ("--movers", "--picture"):
        rules = str(FIXTURE_RULES)
        result = CliRunner().invoke(app, ["diff", rules, rules, "--over", str(table), option, str(table)])
        assert result.exit_code == 2
        assert result.stderr.strip() == f"{option} and the table are one file, list.csv: name another one."
    assert table.read_text(encoding="utf-8") == "main_wish\nshade\n"
