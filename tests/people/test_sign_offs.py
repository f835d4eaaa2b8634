"""Asking for sign-off of rules in the page and writing it into the rules, on SQLite and on PostgreSQL."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import select
from typer.testing import CliRunner

from api.storage.audit import verify
from api.storage.tables import audit
from tests.conftest import FIXTURE_RULES
from tests.people.conftest import Clinic
from tests.records.conftest import database_kind as database_kind
from triage.cli import app
from triage.reading.folder import read_ruleset

PROBLEM = "/rules/problems/indications"
AGREE = {"verdict": "agree", "signed_as": "Dr Clara Weiss, psychiatrist"}
HTML = {"Accept": "text/html"}


def _version(client: TestClient, rule: str | None) -> str:
    """The version of a rule, or of all of the problem, as the page's form sends it."""
    page = client.get(PROBLEM).text
    field = f'name="rule" value="{rule}">\\s*' if rule else 'sign-off">\\s*'
    sent = re.search(f'{field}<input type="hidden" name="version" value="([0-9a-f]+)"', page)
    assert sent is not None
    return sent[1]


def _ask(client: TestClient, rule: str | None, **sent: str) -> Any:
    form = {**AGREE, "version": _version(client, rule), **({"rule": rule} if rule else {}), **sent}
    return client.post(f"{PROBLEM}/sign-off", data=form, headers=HTML)


def _withdrawals(client: TestClient) -> list[str]:
    return re.findall(r'action="(/rules/sign-offs/[0-9a-f-]{36}/withdraw)"', client.get(PROBLEM).text)


def test_a_request_is_kept_shown_replaced_and_withdrawn(clinic: Clinic) -> None:
    clara = clinic.signed_in("clinician")
    asked = _ask(clara, "blight-gone", comment="Read with\nits <sources>.")
    assert (asked.status_code, asked.headers["location"]) == (303, f"{PROBLEM}#blight-gone")
    assert _ask(clara, None).headers["location"] == f"{PROBLEM}#sign-off"
    for shown in (clara, clinic.signed_in("coordinator"), clinic.signed_in("admin")):
        page = shown.get(PROBLEM).text
        assert page.count("Dr Clara Weiss, psychiatrist <span") == 2
        assert "Read with\nits &lt;sources&gt;." in page
        assert page.count("<strong>Asks for sign-off</strong>") == 2
        assert "of an older version" not in page
    assert "Dr Clara Weiss" not in clinic.client().get(PROBLEM).text
    assert _ask(clara, "blight-gone", verdict="object", comment="Not in winter.").status_code == 303
    page = clara.get(PROBLEM).text
    assert page.count("<strong>Objects</strong>") == 1
    assert page.count("<strong>Asks for sign-off</strong>") == 1
    for address in _withdrawals(clara):
        assert clara.post(address, headers=HTML).status_code == 303
    assert _withdrawals(clara) == []
    assert "Dr Clara Weiss" not in clara.get(PROBLEM).text
    with clinic.state.records.database.reading() as connection:
        entries = connection.execute(select(audit.c.action, audit.c.details).order_by(audit.c.seq)).all()
        assert verify(connection).broken is None
    about = [entry for entry in entries if entry.action.startswith("sign-off")]
    assert [entry.action for entry in about] == ["sign-off-asked"] * 3 + ["sign-off-withdrawn"] * 2
    assert not [entry for entry in about if "Weiss" in entry.details or "winter" in entry.details]


def test_only_a_clinician_asks_and_only_its_maker_withdraws(clinic: Clinic) -> None:
    clara = clinic.signed_in("clinician")
    version = _version(clara, "blight-gone")
    form = {**AGREE, "rule": "blight-gone", "version": version}
    refused = clinic.signed_in("coordinator").post(f"{PROBLEM}/sign-off", data=form, headers=HTML)
    assert refused.status_code == 403
    assert "Only a clinician signs rules; the role `coordinator` may not." in refused.text
    assert "<form" not in clinic.signed_in("coordinator").get(PROBLEM).text.split("<main")[1]
    nobody = clinic.client().post(f"{PROBLEM}/sign-off", data=form, headers=HTML)
    assert (nobody.status_code, nobody.headers["location"]) == (303, "/sign-in?next=%2F")
    foreign = clara.post(f"{PROBLEM}/sign-off", data=form, headers={**HTML, "Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    assert "Sent from another site" in foreign.text
    assert "Dr Clara Weiss" not in clara.get(PROBLEM).text
    _ask(clara, "blight-gone")
    (address,) = _withdrawals(clara)
    clinic.add("otto", "clinician")
    clinic.add("far", "clinician", "elsewhere")
    otto, far = clinic.signed_in("otto"), clinic.signed_in("far")
    assert _withdrawals(otto) == []
    refused = otto.post(address, headers=HTML)
    assert refused.status_code == 403
    assert "Only clinician, who made this request, can withdraw it." in refused.text
    assert far.post(address, headers=HTML).status_code == 404
    assert "Dr Clara Weiss" not in far.get(PROBLEM).text
    assert "Dr Clara Weiss" in otto.get(PROBLEM).text


@pytest.mark.parametrize(
    ("sent", "message"),
    [
        ({"verdict": ""}, "Say whether you agree or object."),
        ({"verdict": "perhaps"}, "Say whether you agree or object."),
        ({"signed_as": " "}, "Write your name and role as they are to stand in the rule."),
        ({"signed_as": "x" * 101}, "Name and role are one line of at most 100 characters."),
        ({"signed_as": "Dr\nClara"}, "Name and role are one line of at most 100 characters."),
        ({"verdict": "object"}, "Write what you object to, so that the rule can be changed."),
        ({"comment": "y" * 2_001}, "A comment has at most 2000 characters of text."),
        ({"comment": "a\0b"}, "A comment has at most 2000 characters of text."),
        (
            {"version": "0" * 16},
            "These rules were changed since you opened the page. Read them again: nothing was stored.",
        ),
    ],
)
def test_what_is_wrong_is_named_and_what_was_entered_comes_back(
    sent: dict[str, str], message: str, clinic: Clinic
) -> None:
    clara = clinic.signed_in("clinician")
    refused = _ask(
        clara, "blight-gone", **{"comment": "Kept words.", **sent} if sent != {"verdict": "object"} else sent
    )
    assert refused.status_code == 422
    assert refused.text.count(message) == 2  # above the page and at the field
    if "comment" not in sent and sent != {"verdict": "object"}:
        assert ">Kept words.</textarea>" in refused.text
    assert 'id="signing-blight-gone" open' in refused.text
    assert _withdrawals(clara) == []


def test_a_rule_or_problem_that_is_not_there_is_named(clinic: Clinic) -> None:
    clara = clinic.signed_in("clinician")
    refused = clara.post(f"{PROBLEM}/sign-off", data={**AGREE, "rule": "felled"}, headers=HTML)
    assert refused.status_code == 422
    assert "Indications has no rule `felled`. Open the page again." in refused.text
    for client in (clara, clinic.client()):
        missing = client.get("/rules/problems/indication", headers=HTML)
        assert missing.status_code == 404
        assert "There is no problem `indication`. Did you mean `indications`?" in missing.text
    many = "&".join(f"x{number}=1" for number in range(30))
    refused = clara.post(f"{PROBLEM}/sign-off", content=many, headers=HTML)
    assert refused.status_code == 422
    assert "More than 20 fields were sent. Send the page&#39;s own form." in refused.text


def test_what_was_asked_is_written_into_the_rules(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = tmp_path / FIXTURE_RULES.name
    shutil.copytree(FIXTURE_RULES, rules)
    monkeypatch.setenv("TRIAGE_DATABASE_URL", clinic.state.settings.database_url)

    def sign(*options: str) -> str:
        result = CliRunner().invoke(app, ["rules", "sign", "--tenant", "clinic", "--rules", str(rules), *options])
        assert result.exit_code == 0, result.output
        return result.output

    assert sign() == "Nothing is to be signed: no rule was changed.\n"
    clara = clinic.signed_in("clinician")
    _ask(clara, "blight-gone")
    _ask(clara, "blight-suspected")
    clinic.add("otto", "clinician")
    _ask(clinic.signed_in("otto"), "blight-suspected", verdict="object", comment="No.", signed_as="Dr Otto Berg")
    objection = "blight-suspected: not signed: Dr Otto Berg objects (2026-11-24): No.\n"
    signed = "blight-gone: signed by Dr Clara Weiss, psychiatrist on 2026-11-24.\n"
    assert sign("--try") == f"{signed}{objection}1 rule would be signed; nothing was written.\n"
    assert not [rule.id for rule in read_ruleset(rules).all_rules if rule.reviewed_by]
    assert sign() == (
        f"{signed}{objection}1 rule signed in 1 file. "
        "Release them: `triage rules bump`, then `triage rules alarm --store`.\n"
    )
    (rule,) = [rule for rule in read_ruleset(rules).all_rules if rule.reviewed_by]
    assert (rule.id, rule.reviewed_by) == ("blight-gone", "Dr Clara Weiss, psychiatrist")
    again = "blight-gone: signed already by Dr Clara Weiss, psychiatrist on 2026-11-24.\n"
    assert sign() == f"{again}{objection}Nothing is to be signed: no rule was changed.\n"
    file = rules / "indications/blight-gone.yaml"
    file.write_text(re.sub("title: .*", "title: Another title", file.read_text(), count=1))
    changed = (
        "blight-gone: not signed: the rule was changed since Dr Clara Weiss, psychiatrist read it on 2026-11-24.\n"
    )
    assert sign().startswith(changed)
    file.write_text(re.sub("review: .*", "review: {by: null, on: null}", file.read_text(), count=1))
    older = "blight-gone: signed by Dr Clara Weiss, psychiatrist on 2026-11-24, who read an older version.\n"
    assert sign("--older").startswith(older)


def test_a_request_of_rules_that_were_changed_since_says_so(clinic: Clinic) -> None:
    clara = clinic.signed_in("clinician")
    _ask(clara, "blight-gone")
    _ask(clara, None)
    from sqlalchemy import update

    from api.storage.tables import sign_offs

    with clinic.state.records.database.writing() as connection:
        connection.execute(update(sign_offs).values(versions='{"blight-gone":"before"}'))
    page = clara.get(PROBLEM).text
    assert "of an older version: the rule was changed since" in page
    assert "of an older version: the rules were changed since" in page
