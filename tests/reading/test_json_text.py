"""Text that is no JSON, or no referral: what is said of it, whole, and what is still read of a file that has it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.conftest import FIXTURE_RULES
from triage.model.faults import FaultyRuleSet
from triage.model.ruleset import RuleSet
from triage.reading.folder import read_ruleset
from triage.reading.json_text import parse_json
from triage.reading.referral import FieldFault, RefusedReferral
from triage.reading.referral_files import Read, read_referrals
from triage.reading.referral_reader import ReferralReader
from triage.reading.revision import ruleset_named

NOTHING = "There is nothing here: a referral is a JSON object."
TEXTS: dict[str | bytes, FieldFault] = {
    b"": FieldFault("", "empty", NOTHING),
    " \n": FieldFault("", "empty", NOTHING),
    b"{": FieldFault(
        "", "not-json",
        "This is not JSON: Expecting property name enclosed in double quotes at line 1, column 2.",
    ),
    b"[1,\n]": FieldFault("", "not-json", "This is not JSON: Expecting value at line 2, column 1."),
    b'{"a": 1, "a": 2}': FieldFault("", "repeated-key", "The key `a` stands twice in one object. Keep one.", given="a"),
    b'"\\ud800"': FieldFault("", "not-json", "The text has half of a surrogate pair, which is no character."),
    b'"a\xff"': FieldFault("", "not-json", "This is not UTF-8 text: byte 2 can't be read."),
    b"NaN": FieldFault("", "not-json", "This is not JSON: NaN is not a JSON number."),
    b"-Infinity": FieldFault("", "not-json", "This is not JSON: -Infinity is not a JSON number."),
}  # fmt: skip


@pytest.mark.parametrize("text", TEXTS)
def test_what_is_not_json_is_said_with_its_place(text: str | bytes) -> None:
    with pytest.raises(RefusedReferral) as refused:
        parse_json(text)
    assert (refused.value.faults, refused.value.malformed) == ((TEXTS[text],), True)
    assert (refused.value.reference, refused.value.could_be) == (None, ())


def test_a_deep_nest_is_refused() -> None:
    with pytest.raises(RefusedReferral) as refused:
        parse_json("[" * 100_000)
    assert refused.value.faults[0].message.startswith("This is not JSON: ")


@pytest.mark.parametrize(
    ("text", "data"),
    [("19.0", 19), ("1e2", 100), ("1.5", 1.5), ('"\\u00e9"', "é"), ('{"a": {"a": 1}}', {"a": {"a": 1}}), (b"[]", [])],
)
def test_what_is_json_is_read(text: str | bytes, data: object) -> None:
    read = parse_json(text)
    assert (read, type(read)) == (data, type(data))


GOOD, BAD = '{"reference": "A", "facts": {"lean": "none"}}', '{"facts": {"laen": "none"}}'


@pytest.mark.parametrize(
    ("text", "lines", "expected"),
    [
        (GOOD, None, [("A", None)]),
        (f"[{GOOD}, {BAD}, 3]", None, [("A", None), ("/facts/laen", None), ("", None)]),
        (f"{GOOD}\n{BAD}\n\n{{\n{GOOD}", None, [("A", 1), ("/facts/laen", 2), ("", 4), ("A", 5)]),
        (f"{{\n{GOOD}\n", None, [("", 1), ("A", 2)]),
        (f"\n{{\n\n{{\n{GOOD}", None, [("", None)]),
        ("[\n" + GOOD + "\n]", None, [("A", None)]),
        ('{"reference": "A",\n"facts": {}\n}', None, [("A", None)]),
        ('{"reference": "A",\n"facts": {}\n}', True, [("", 1), ("", 2), ("", 3)]),
        (GOOD, True, [("A", 1)]),
        (f"{GOOD}\n{GOOD}", False, [("", None)]),
    ],
)
def test_each_referral_of_a_text_is_read_or_refused(
    text: str, lines: bool | None, expected: list[tuple[str, int | None]], fixture_rules: RuleSet
) -> None:
    reader = ReferralReader(fixture_rules.vocabulary)
    outcomes = [(_reference_or_pointer(read), read.line) for read in read_referrals(text, reader, lines=lines)]
    assert outcomes == expected


def _reference_or_pointer(read: Read) -> str | None:
    if read.refused is not None:
        return read.refused.faults[0].pointer
    assert read.referral is not None
    return read.referral.reference


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """The small rules in the folder `clinic/rules` of a repository, with one revision and a tag with a slash."""
    rules = tmp_path / "clinic" / "rules"
    rules.mkdir(parents=True)
    for path in FIXTURE_RULES.rglob("*.yaml"):
        (rules / path.relative_to(FIXTURE_RULES)).parent.mkdir(exist_ok=True)
        (rules / path.relative_to(FIXTURE_RULES)).write_bytes(path.read_bytes())
    who = ("-c", "user.name=a", "-c", "user.email=a@example.org")
    for command in (["init", "-q"], ["add", "."], [*who, "commit", "-qm", "a"], ["tag", "first/one"]):
        subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return rules


def test_a_rule_set_is_read_as_it_was_at_a_revision(repository: Path) -> None:
    then = read_ruleset(repository)
    (repository / "limits" / "bark-missing.yaml").unlink()
    now = ruleset_named(str(repository), repository)
    assert "bark-missing" not in now.by_id
    for name in ("HEAD", "first/one"):
        was = ruleset_named(name, repository)
        assert was.digest == then.digest
        assert str(was.by_id["bark-missing"].place) == "rules/limits/bark-missing.yaml:1:1"


@pytest.mark.parametrize("name", ["nowhere", "--output=a", "HEAD:clinic/nothing"])
def test_what_is_neither_a_folder_nor_a_revision_is_named(name: str, repository: Path) -> None:
    with pytest.raises(FaultyRuleSet) as refused:
        ruleset_named(name, repository)
    assert [str(fault) for fault in refused.value.faults] == [
        f"{name}: `{name}` is neither a folder nor a git revision that has the rules. "
        "Name a folder with a rule set, or a revision such as HEAD~1. [text]"
    ]
    assert not list(repository.glob("a"))
