"""A file of referrals in, outcomes and refused rows out: what a table may hold, and what is said of its faults."""

from __future__ import annotations

import json
import multiprocessing
import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.conftest import FIXTURE_RULES
from tests.population.agreement import Given, as_meant, differences, random_referrals
from triage import cohort
from triage.answer.assess import Assessor, build_assessor
from triage.model.fact import Fact
from triage.model.rule import Value
from triage.model.ruleset import RuleSet
from triage.population import ranges, upload
from triage.population.cohort import Rating, check_out, rate, rate_to_files
from triage.population.csv_blocks import CsvBlocks
from triage.population.outcomes import OUTCOMES
from triage.population.ranges import Ranges, TooManyIncomplete
from triage.population.refusals import BadTable
from triage.population.sources import source_of
from triage.reading.referral import as_json
from triage.settings import Settings


@pytest.fixture(scope="module")
def assessor(fixture_rules: RuleSet) -> Assessor:
    return build_assessor(fixture_rules)


def _file(folder: Path, text: str | bytes, name: str = "list.csv") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def _cell(fact: Fact, value: Value | None) -> str:
    written = "" if value is None else as_json(value, fact)
    return (";".join(written) or "[]") if isinstance(written, list) else str(written)


def _as_csv(ruleset: RuleSet, referrals: Sequence[Given]) -> str:
    vocabulary = ruleset.vocabulary
    header = ["reference", *vocabulary.facts, *(f"said_by.{name}" for name in vocabulary.facts)]
    rows = [
        [
            str(number),
            *(_cell(fact, given.answers.get(fact.name)) for fact in vocabulary),
            *(given.said_by.get(name, "") for name in vocabulary.facts),
        ]
        for number, given in enumerate(referrals)
    ]
    return "\n".join(",".join(row) for row in [header, *rows]) + "\n"


def _as_lines(ruleset: RuleSet, referrals: Sequence[Given]) -> str:
    lines = [
        {
            "reference": str(number),
            "facts": {name: as_json(value, ruleset.vocabulary[name]) for name, value in given.answers.items()},
            "said_by": given.said_by,
        }
        for number, given in enumerate(referrals)
    ]
    return "".join(json.dumps(line) + "\n" for line in lines)


def _rate(path: Path, assessor: Assessor, keep: Sequence[str] = ()) -> Any:
    return rate(Rating(assessor.ruleset, source_of(path, assessor.ruleset, keep), lambda: assessor))


def _refused(path: Path, assessor: Assessor) -> list[tuple[Any, ...]]:
    return [(row["row"], row["column"], row["reason"]) for row in _rate(path, assessor).refused.to_dicts()]


@pytest.mark.parametrize("kind", ["csv", "ndjson", "parquet"])
def test_every_row_of_every_kind_of_file_is_rated_as_the_reference_does_or_refused(
    kind: str, tmp_path: Path, assessor: Assessor
) -> None:
    ruleset = assessor.ruleset
    referrals = random_referrals(ruleset, 300, seed=3)
    path = _file(
        tmp_path, _as_lines(ruleset, referrals) if kind == "ndjson" else _as_csv(ruleset, referrals), f"l.{kind}"
    )
    if kind == "parquet":
        pl.read_csv(_file(tmp_path, path.read_bytes()), infer_schema=False).write_parquet(path)
    rated = _rate(path, assessor)
    refused = {int(reference) for reference in rated.refused["reference"]}
    rows = {int(row["reference"]): row for row in rated.outcomes.to_dicts()}
    assert refused
    assert rows.keys() | refused == set(range(300))
    assert rows.keys().isdisjoint(refused)
    sound = sorted(rows)
    assert not differences(
        ruleset, [referrals[n] for n in sound], [as_meant({**rows[n], "refused": False}) for n in sound]
    )
    assert all(ruleset.vocabulary.contradictions(referrals[n].answers) for n in refused)
    assert (rated.summary.rated, rated.summary.refused) == (len(rows), len(refused))


def test_outcomes_are_written_as_csv_parquet_and_json_lines_and_a_file_stands_only_once_it_is_whole(
    tmp_path: Path, assessor: Assessor
) -> None:
    path = _file(tmp_path, "reference,lean\nA,falling\nB,leaning\n")
    outcomes = []
    for suffix in (".csv", ".parquet", ".ndjson"):
        to, refused = tmp_path / f"out{suffix}", tmp_path / "refused.csv"
        progress: list[float] = []
        rate_to_files(
            Rating(assessor.ruleset, source_of(path, assessor.ruleset), lambda: assessor), to, refused, progress.append
        )
        assert progress[-1] == 1
        readers: dict[str, Any] = {".csv": pl.read_csv, ".parquet": pl.read_parquet, ".ndjson": pl.read_ndjson}
        outcomes.append(readers[suffix](to).select("row", "reference", "level_so_far", "state").rows())
        assert pl.read_csv(refused)["row"].to_list() == [3]
    assert outcomes == [[(2, "A", "very_urgent", "sorted")]] * 3
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "list.csv", "out.csv", "out.ndjson", "out.parquet", "refused.csv",
    ]  # fmt: skip


def test_what_an_incomplete_referral_can_still_become_is_that_of_its_answer(assessor: Assessor, tmp_path: Path) -> None:
    ruleset = assessor.ruleset
    referrals = random_referrals(ruleset, 60, seed=8)
    path = _file(tmp_path, _as_csv(ruleset, referrals))
    rated = cohort(pl.read_csv(path, infer_schema=False), assessor, processes=1)
    assert any(not row["complete"] and row["rating"] != row["rating_so_far"] for row in rated.outcomes.to_dicts())
    for row in rated.outcomes.to_dicts():
        given = referrals[int(row["reference"])]
        answer = assessor.assess(assessor.reader.referral(given.answers, said_by=given.said_by))
        urgency, suitability = answer.urgency, answer.suitability
        assert (row["level"], row["state"], row["rating"]) == (urgency.level, urgency.state, suitability.rating)
        assert row["level_could_become"] == ";".join(urgency.could_become)
        assert row["rating_could_become"] == ";".join(suitability.could_become)
        assert (row["for"], row["role"]) == (";".join(suitability.for_), suitability.role)
        assert row["certainty"] == suitability.certainty


def test_what_incomplete_referrals_can_still_become_is_counted(assessor: Assessor, tmp_path: Path) -> None:
    path = _file(tmp_path, _as_csv(assessor.ruleset, _sound(assessor.ruleset, 60)))
    rated = cohort(pl.read_csv(path, infer_schema=False), assessor, processes=1)
    summary, incomplete = rated.summary, [row for row in rated.outcomes.to_dicts() if not row["complete"]]
    reached = [(row["level_could_become"].split(";"), row["rating_could_become"].split(";")) for row in incomplete]
    assert 0 < len(incomplete) < rated.outcomes.height
    assert summary.possible_levels == Counter(level for levels, _ in reached for level in levels)
    assert summary.possible_ratings == Counter(rating for _, ratings in reached for rating in ratings)
    assert summary.settled == sum(len(levels) == len(ratings) == 1 for levels, ratings in reached) > 0
    without = cohort(pl.read_csv(path, infer_schema=False), assessor).summary
    assert (without.possible_levels, without.possible_ratings, without.settled) == (Counter(), Counter(), 0)


def test_progress_goes_on_within_a_part_of_a_table_and_so_many_referrals_are_decided_and_no_more(
    assessor: Assessor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranges, "CHUNK", 2)
    path = _file(tmp_path, "lean\n" + "falling\n" * 7 + "leaning\n")
    progress: list[float] = []
    with Ranges(assessor.ruleset, 1, most=10) as seven:
        source = source_of(path, assessor.ruleset)
        rating = Rating(assessor.ruleset, source, lambda: assessor, ranges=seven)
        rate_to_files(rating, tmp_path / "out.csv", tmp_path / "refused.csv", progress.append)
        assert progress == [0.25, 0.5, 0.75, 1, 1]
        with pytest.raises(TooManyIncomplete):
            rate(Rating(assessor.ruleset, source, lambda: assessor, ranges=seven))


def test_a_data_frame_keeps_columns_and_is_counted_by_one(assessor: Assessor) -> None:
    frame = pl.DataFrame(
        {"lean": ["falling", None, "none"], "age_years": [4.0, None, 200.0], "hazards": [["fire"], [], None],
         "site": ["a", "a", "b"], "team": [1, 2, 3]}
    )  # fmt: skip
    rated = cohort(frame, assessor, keep=["team"], by="site")
    assert rated.outcomes.select("row", "site", "team", "level_so_far").rows() == [
        (1, "a", "1", "very_urgent"),
        (2, "a", "2", "urgent"),
    ]
    assert rated.refused["reason"].to_list() == [
        "200 is not an answer to `age_years`. Allowed: a whole number from 0 to 120; `unknown`; or an empty cell where "
        "it was not asked."
    ]
    assert {name: sum(counts.values()) for name, counts in rated.summary.groups.items()} == {"a": 2}
    assert "propped" in rated.summary.not_asked


def test_each_fault_of_a_cell_is_told_in_the_words_of_the_form(tmp_path: Path, assessor: Assessor) -> None:
    path = _file(
        tmp_path,
        "reference,lean,age_years,hazards,said_by.lean\n"
        "A,fallen,,,\n"
        "B,none,old,,\n"
        "C,none,7.5,,\n"
        "D,none,,fires,\n"
        "E,none,,fire;unknown,neighbor\n"
        "F,,,,owner\n"
        "G, none,,,\n"
        f"{'H' * 201},none,,,\n"
        "I,none,3.0,fire;fire,neighbour\n"
        "J,unknown,unknown,unknown,owner\n"
        "K,unkown,,fire;unkown,\n",
    )
    or_unknown = "`unknown`; or an empty cell where it was not asked."
    leans = f"Allowed: one of none, slight, falling; {or_unknown}"
    ages = f"Allowed: a whole number from 0 to 120; {or_unknown}"
    hazards = (
        "Allowed: any of fire, power_line, footpath, with `;` between them; `[]` where none applies; `unknown`, alone "
        "or among them; or an empty cell where it was not asked."
    )
    assert _refused(path, assessor) == [
        (2, "lean", f'"fallen" is not an answer to `lean`. Did you mean `falling`? {leans}'),
        (3, "age_years", f'"old" is not an answer to `age_years`. {ages}'),
        (4, "age_years", f'"7.5" is not an answer to `age_years`. {ages}'),
        (5, "hazards", f'"fires" is not an answer to `hazards`. Did you mean `fire`? {hazards}'),
        (
            6,
            "said_by.lean",
            '"neighbor" is not a kind of person under `said_by`. Did you mean `neighbour`? '
            "Allowed: one of owner, neighbour, old_sheet.",
        ),
        (7, "said_by.lean", "`lean` has no answer, so nobody can have said it."),
        (8, "lean", f'" none" is not an answer to `lean`. Did you mean `none`? {leans}'),
        (9, "reference", "`reference` must be text of at most 200 characters."),
        (12, "lean", f'"unkown" is not an answer to `lean`. Did you mean `unknown`? {leans}'),
        (
            12,
            "hazards",
            f'"unkown" is not an answer to `hazards`. Did you mean `unknown`? {hazards}',
        ),
    ]
    assert _rate(path, assessor).outcomes["reference"].to_list() == ["I", "J"]


def test_a_contradiction_is_refused_with_both_answers_and_the_urgency_that_is_left(
    tmp_path: Path, assessor: Assessor
) -> None:
    path = _file(tmp_path, "lean,canker,canker_kind\nfalling,absent,open\n")
    assert _rate(path, assessor).refused.rows() == [
        (2, None, "very_urgent", "canker_kind", '{"canker_kind":"open","canker":"absent"}',
         "A kind of canker is given, but canker is absent. The two answers contradict each other: correct one.")
    ]  # fmt: skip


def test_a_broken_line_costs_nothing_but_itself(tmp_path: Path, assessor: Assessor) -> None:
    path = _file(
        tmp_path,
        b'reference,lean,age_years\nA,none,1\nB,none\nC,none,1,2\n"D,none,1\nE,"no"ne,1\nF,none,\xff\n'
        b'\n"G, with a comma",none,1\nGr\xc3\xbcn,falling,\n' + b"x" * 1_000_001 + b"\nH,none,1",
    )
    assert _refused(path, assessor) == [
        (3, "", "The line has 2 cells, and the header 3. Leave cells empty rather than out."),
        (4, "", "The line has 4 cells, and the header 3. Quote a cell that has a comma in it."),
        (5, "", "A quote is not closed on its line. A cell may not hold a line break."),
        (6, "", "A quote stands in a cell that is not quoted whole: double it, and quote the cell."),
        (7, "", "The line is not UTF-8 text. Save the file as UTF-8."),
        (11, "", "The line is longer than 1,000,000 bytes."),
    ]
    outcomes = _rate(path, assessor).outcomes
    assert outcomes.select("row", "reference").rows() == [(2, "A"), (9, "G, with a comma"), (10, "Grün"), (12, "H")]


def test_one_broken_row_in_a_long_file_is_found_by_its_line_and_all_others_are_rated(
    tmp_path: Path, assessor: Assessor
) -> None:
    rows = ["R,none"] * 20_000
    rows[12_344] = "R,none,none"
    blocks = list(CsvBlocks(_file(tmp_path, "\n".join(["reference,lean", *rows])), block=10_000))
    assert len(blocks) > 10
    assert [line.line for block in blocks for line in block.broken] == [12_346]
    assert sum(block.rows.height for block in blocks) == 19_999
    assert blocks[-1].done == 1


def test_a_line_that_is_not_json_and_a_misspelt_fact_are_refused_with_their_line(
    tmp_path: Path, assessor: Assessor
) -> None:
    path = _file(tmp_path, '{"facts": {"lean": "falling"}}\n\n{"facts": \n{"facts": {"laen": "none"}}\n', "list.ndjson")
    rated = _rate(path, assessor)
    assert rated.outcomes["row"].to_list() == [1]
    assert rated.refused.select("row", "level", "column").rows() == [(3, None, ""), (4, "urgent", "laen")]
    assert rated.refused["reason"].to_list()[1] == "`laen` is not a fact. Did you mean `lean`?"


def test_several_rows_with_one_reference_are_rated_and_named(tmp_path: Path, assessor: Assessor) -> None:
    path = _file(tmp_path, "reference,lean\nA,none\nB,none\nA,falling\nC,\n,\n,\n")
    summary = _rate(path, assessor).summary
    assert (summary.rated, summary.repeated_count, summary.repeated) == (6, 1, ("A",))


NO_REFERRAL = "The table has no referral: nothing stands below its header, or on any line."
KEEP = "Correct the name, or keep the column beside the outcomes: --keep NAME, or `Columns to keep` on the page."
SAVE = "Save it as CSV, Parquet (.parquet) or JSON Lines (.ndjson, .jsonl)."
PARQUET = "parquet: File out of specification: A Parquet file must contain a header and footer with at least 12 bytes"


@pytest.mark.parametrize(
    ("name", "text", "keep", "message"),
    [
        ("l.csv", "", (), "l.csv is empty: the first row has the names of the facts."),
        ("l.csv", "lean,bark\n", (), NO_REFERRAL),
        ("l.ndjson", "\n\n", (), NO_REFERRAL),
        (
            "l.ndjson",
            '[\n{"facts": {}}]\n',
            (),
            "l.ndjson has referrals over several lines: write each whole on a line of its own.",
        ),
        (
            "l.csv",
            "lean;bark\nnone;none\n",
            (),
            "The cells of l.csv are not separated by commas: save it as CSV with commas.",
        ),
        ("l.csv", b"l\xffan\n", (), "The first row of l.csv can't be read: save it as CSV in UTF-8."),
        ("l.csv", "lean,age\n", (), f"This column is no fact: `age` (did you mean `age_years`?). {KEEP}"),
        ("l.csv", "lean,laen,name\n", (), f"These columns are no fact: `laen` (did you mean `lean`?), `name`. {KEEP}"),
        (
            "l.csv",
            "lean,said_by.bark_\n",
            (),
            f"This column is no fact: `said_by.bark_` (did you mean `said_by.bark`?). {KEEP}",
        ),
        ("l.csv", "lean,lean\n", (), "There is more than one column `lean`: keep one of them."),
        (
            "l.csv",
            "lean,level\n",
            ("level",),
            "The column `level` can't be kept: the outcomes have one of that name. Rename it.",
        ),
        ("l.csv", "lean,site\n", ("sites",), "The table has no column `sites`. Did you mean `site`?"),
        ("l.csv", "reference\nA\n", (), "No column is a fact. The first row of the table has the names of the facts."),
        ("l.parquet", "lean\n", (), f"l.parquet is no Parquet file that can be read: save it anew ({PARQUET})."),
        ("l.ndjson", "", (), "l.ndjson is empty."),
        (
            "l.ndjson",
            "{}\n",
            ("site",),
            "A line of JSON has no column `site`: only CSV and Parquet have columns to keep.",
        ),
        ("l.xlsx", "lean\n", (), f"l.xlsx has no ending that is known. {SAVE}"),
    ],
)
def test_a_table_that_cannot_be_rated_is_refused_whole(
    name: str, text: str | bytes, keep: tuple[str, ...], message: str, tmp_path: Path, assessor: Assessor
) -> None:
    with pytest.raises(BadTable) as refused:
        _rate(_file(tmp_path, text, name), assessor, keep)
    assert str(refused.value) == message


def test_a_column_of_a_type_that_holds_no_answer_is_named(assessor: Assessor) -> None:
    with pytest.raises(BadTable) as refused:
        cohort(pl.DataFrame({"lean": [{"a": 1}]}), assessor)
    assert str(refused.value) == (
        "The column `lean` has the type Struct({'a': Int64}), which holds no answer: write text, or a list."
    )


def test_outcomes_are_written_only_where_and_as_they_can_be(tmp_path: Path) -> None:
    with pytest.raises(BadTable) as refused:
        check_out(tmp_path / "out.xlsx")
    assert (
        str(refused.value) == "out.xlsx has no ending that is known: outcomes are written as .csv, .parquet, .ndjson."
    )
    check_out(tmp_path / "OUT.CSV")


def test_the_columns_that_cannot_be_kept_are_those_of_the_outcomes(assessor: Assessor) -> None:
    outcomes = cohort(pl.DataFrame({"lean": ["none"], "site": ["north"]}), assessor, keep=["site"]).outcomes
    assert tuple(outcomes.columns) == ("row", "reference", "site", *OUTCOMES)


def test_a_table_that_is_deleted_while_it_is_rated_ends_what_rates_it(
    fixture_rules: RuleSet, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "table"
    folder.mkdir()
    table = _file(folder, "lean\n" + "falling\n" * 2_000)
    before = multiprocessing.active_children()
    written: list[float] = []

    def deleting(path: Path, done: float) -> None:
        shutil.rmtree(folder, ignore_errors=True)
        written.append(done)
        write_progress(path, done)

    write_progress = upload._write_progress
    monkeypatch.setattr(upload, "_write_progress", deleting)
    upload.start(fixture_rules, Settings())
    with pytest.raises(FileNotFoundError):
        upload.rate_upload(table, None, [], most_ranges=2_000)
    assert written == [0.1], "it ended before the next two hundred referrals"
    assert multiprocessing.active_children() == before


@pytest.mark.deep
@pytest.mark.timeout(0)
def test_two_gigabytes_with_one_broken_row_are_rated_in_four_gigabytes_of_memory(
    tmp_path: Path, fixture_rules: RuleSet
) -> None:
    """In a process of its own, of which the most memory is known."""
    some = _as_csv(fixture_rules, _sound(fixture_rules, 2_000)).splitlines(keepends=True)
    header, body = some[0], "".join(some[1:])
    times = 2_000_000_000 // len(body) + 1
    path, out, refused = (tmp_path / name for name in ("list.csv", "out.parquet", "refused.csv"))
    with path.open("w", encoding="utf-8") as file:
        file.write(header)
        for number in range(times):
            file.write('X,"a lost quote\n' if number == times // 2 else "")
            file.write(body)
    command = ["cohort", str(path), "--out", str(out), "--refused", str(refused), "--rules", str(FIXTURE_RULES)]
    process = subprocess.Popen([sys.executable, "-c", "from triage.cli import main; main()", *command])
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)  # Popen waited for nothing
    assert process.returncode == 2, "a row was refused"
    assert used.ru_maxrss < 4_000_000, "kB"
    rows = len(some) - 1
    assert pl.scan_parquet(out).select(pl.len()).collect().item() == rows * times
    assert pl.read_csv(refused).select("row", "reason").rows() == [
        (2 + rows * (times // 2), "A quote is not closed on its line. A cell may not hold a line break.")
    ]


def _sound(ruleset: RuleSet, count: int) -> list[Given]:
    """Referrals that contradict nothing."""
    drawn = random_referrals(ruleset, count, seed=9)
    return [given for given in drawn if not ruleset.vocabulary.contradictions(given.answers)]
