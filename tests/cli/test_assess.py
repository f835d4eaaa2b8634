"""``triage assess`` as a coordinator at a terminal and a script meet it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from tests.conftest import FIXTURE_RULES, RULES
from triage.answer.assess import Assessor
from triage.cli import app
from triage.reading.referral import Referral

BLIGHT = {
    "reference": "R-1",
    "facts": {"age_years": 30, "blight": "current", "lean": "none", "hazards": [], "nesting": "none"},
}
DANGER = {"reference": "R-2", "facts": {"lean": "falling", "blight": "current"}}
ENVIRONMENT = {"COLUMNS": "100", "TRIAGE_RULES": str(FIXTURE_RULES)}


def _run(*arguments: str, stdin: str | None = None, **settings: str) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin, env=ENVIRONMENT | settings)


def _lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_one_referral_as_a_readable_page() -> None:
    result = _run("assess", "-", stdin=json.dumps(BLIGHT))
    assert result.exit_code == 0
    page = result.stdout
    assert page.index("Urgency: Routine") < page.index("Suitability: ") < page.index("What speaks for")
    assert "Source: clinic-page S1" in page
    assert "It has not been assessed or cleared as a medical device anywhere." in " ".join(page.split())


def test_the_page_of_a_danger_shows_nothing_of_the_rating() -> None:
    result = _run("assess", "-", stdin=json.dumps(DANGER))
    assert result.exit_code == 0
    page = result.stdout
    assert "Suitability: on hold, safety first" in page
    for word in ("What speaks for", "Other treatments", "Course:", "can still be"):
        assert word not in page


def test_an_emergency_asks_nothing_more() -> None:
    danger = {"facts": DANGER["facts"] | {"hazards": ["power_line"]}}  # type: ignore[operator]
    page = _run("assess", "-", stdin=json.dumps(danger)).stdout
    assert "Urgency: At once" in page
    assert "open questions can change this" not in page


def test_while_a_safety_question_is_open_only_the_range_is_shown() -> None:
    page = _run("assess", "-", stdin='{"facts": {"age_years": 30, "blight": "current"}}').stdout
    assert "Suitability: can still be " in page
    assert "so far" not in page


def test_json_lines_give_one_answer_a_line_in_order() -> None:
    given = [{"reference": f"R-{number}", "facts": {"age_years": number}} for number in range(20)]
    result = _run("assess", "--json", "-", stdin="\n".join(map(json.dumps, given)))
    assert result.exit_code == 0
    assert [answer["reference"] for answer in _lines(result)] == [referral["reference"] for referral in given]


def test_one_bad_line_loses_no_other(tmp_path: Path) -> None:
    good = [json.dumps({"reference": f"R-{number}", "facts": {"main_wish": "felling"}}) for number in range(9)]
    file = tmp_path / "many.jsonl"
    file.write_text("\n".join([*good[:4], '{"reference": "R-x", "facts": {', *good[4:]]), encoding="utf-8")
    result = _run("assess", "--json", str(file))
    answers = _lines(result)
    assert result.exit_code == 2
    assert len(answers) == 10
    assert [index for index, answer in enumerate(answers) if "error" in answer] == [4]
    assert answers[4]["error"]["line"] == 5
    assert f"{file}, line 5: refused. This is not JSON" in result.stderr


def test_a_refused_referral_is_named_and_the_others_answered(tmp_path: Path) -> None:
    file = tmp_path / "two.json"
    file.write_text(json.dumps([{"reference": "R-1", "facts": {"age_year": 4}}, DANGER]), encoding="utf-8")
    result = _run("assess", "--json", str(file))
    refused, answered = _lines(result)
    assert result.exit_code == 2
    assert refused["reference"] == "R-1"
    assert refused["error"]["errors"][0]["near_match"] == "age_years"
    assert answered["reference"] == "R-2"
    assert result.stderr == (
        f"{file} (R-1): Not sorted yet: 4 safety questions open, treat as today until they are asked. Ask the open "
        "questions on danger today. Refused. /facts/age_year: `age_year` is not a fact. Did you mean `age_years`?\n"
    )


def test_a_refused_referral_says_first_that_it_is_an_emergency() -> None:
    facts = {"lean": "falling", "hazards": ["power_line"], "age_year": 4}
    result = _run("assess", "--json", "-", stdin=json.dumps({"facts": facts}))
    (refused,) = _lines(result)
    assert refused["error"]["urgency"]["level"] == "emergency"
    assert result.stderr.startswith("standard input: Urgency: At once. ")


def test_standard_input_that_is_empty_is_refused() -> None:
    result = _run("assess", "--json", "-", stdin="")
    assert result.exit_code == 2
    assert "standard input: refused. There is nothing here: a referral is a JSON object." in result.stderr


def test_a_file_that_is_not_there_is_named() -> None:
    result = _run("assess", "nowhere.json")
    assert result.exit_code == 2
    assert result.stderr == "nowhere.json: the file can't be read: No such file or directory.\n"


def test_a_file_that_is_not_there_loses_no_other() -> None:
    result = _run("assess", "--json", "nowhere.json", "-", stdin=json.dumps(BLIGHT))
    assert result.exit_code == 2
    assert [answer["reference"] for answer in _lines(result)] == ["R-1"]


def test_the_settings_of_a_deployment_are_in_the_words() -> None:
    settings = {"TRIAGE_CRISIS_LINE": "the line 555-0100", "TRIAGE_EMERGENCY_NUMBER": "555-0199"}
    page = _run("assess", "-", stdin=json.dumps(DANGER), **settings).stdout
    assert "Next step: Call the line 555-0100." in page


def test_a_wrong_setting_is_named() -> None:
    result = _run("assess", "-", stdin="{}", TRIAGE_LARGEST_REQUEST="much")
    assert result.exit_code == 1
    assert result.stderr.startswith("TRIAGE_LARGEST_REQUEST=much: Input should be a valid integer")


@pytest.mark.parametrize("folder", ["/nowhere", "."])
def test_a_folder_without_a_rule_set_is_named(folder: str, tmp_path: Path) -> None:
    named = folder if folder != "." else str(tmp_path)
    result = _run("assess", "-", "--rules", named, stdin=json.dumps(BLIGHT))
    assert result.exit_code == 1
    assert "There is no rule set in this folder: `ruleset.yaml` is missing." in result.stderr


def test_a_failure_is_handed_over_in_one_line_that_says_once_that_there_is_no_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_self: Assessor, _referral: Referral) -> None:
        raise RuntimeError("the engine stopped")

    monkeypatch.setattr(Assessor, "assess", broken)
    file = tmp_path / "a.json"
    file.write_text('{"reference": "R1", "facts": {}}', encoding="utf-8")
    result = _run("assess", str(file))
    assert result.exit_code == 2
    assert result.stderr == (
        f"{file} (R1): Not sorted yet: 4 safety questions open, treat as today until they are asked. Ask the open "
        "questions on danger today. The service failed on this referral. No answer was given. Hand this referral to a "
        "clinician now, at least as urgent; don't wait for this system.\n"
    )


def test_nothing_of_a_reference_is_obeyed_and_every_referral_is_answered() -> None:
    references = ["[/b]", "\x1b[2J", "[red]", "a\rb", "last"]
    lines = [json.dumps({"reference": reference, "facts": {}}) for reference in references]
    lines.insert(2, '{"reference": "big", "facts": {"age_years": ' + "9" * 40 + "}}")
    lines.insert(3, '{"reference": "\x1b[31m", "facts": {"age_year": 1}}'.replace("\x1b", "\\u001b"))
    result = _run("assess", "-", stdin="\n".join(lines))
    assert result.exit_code == 2
    for shown in ("[/b] ─", "\\x1b[2J ─", "[red] ─", "a\\x0db ─", "last ─"):
        assert shown in result.stdout
    assert "(big): Not sorted yet: " in result.stderr
    assert "(\\x1b[31m): Not sorted yet: " in result.stderr
    assert result.stderr.count(" Refused. /facts/age_year") == 2
    assert "\x1b" not in result.stdout + result.stderr
    as_lines = _lines(_run("assess", "--json", "-", stdin="\n".join(lines)))
    assert [answer["reference"] for answer in as_lines] == [*references[:2], "big", "\x1b[31m", *references[2:]]


def test_the_page_in_the_readme_is_what_is_printed() -> None:
    readme = (RULES.parent / "README.md").read_text(encoding="utf-8")
    quoted = readme.split("triage assess examples/first-referral.json\n\n")[1].split("\n\nLeave one")[0]
    example = RULES.parent / "examples" / "first-referral.json"
    printed = _stripped(_run("assess", str(example), TRIAGE_RULES=str(RULES)).stdout)
    for part in filter(None, map(str.strip, _stripped(quoted).split("…"))):
        _, repeated, printed = printed.partition(part)
        assert repeated == part


def _stripped(text: str) -> str:
    return "\n".join(line.strip() for line in text.splitlines())
