"""The pages to read, as the service gives them, against the rule set that they come from."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.proofs import Proofs
from tests.conftest import RULES
from triage.analysis.proof import Proof
from triage.model.rule import Limits
from triage.model.ruleset import RuleSet
from triage.presenting.by_problem import problems
from triage.settings import Settings

ADDRESSES = (
    "/rules",
    "/rules/sources",
    "/rules/questionnaires",
    "/rules/claims",
    "/rules/print",
    "/about",
    "/safety",
    "/proofs",
    "/docs",
    "/worklist",
    "/dashboard",
    "/components",
    "/sign-in",
    "/cohort",
)
OTHERS = ("/cohort", "/cohort/columns.csv", "/v1/vocabulary")
"""Where the pages lead besides."""


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    settings = Settings(database_url=f"sqlite:///{tmp_path_factory.mktemp('records')}/records.sqlite")
    with TestClient(create_app(settings), headers={"Accept": "text/html"}) as client:
        yield client


@pytest.mark.parametrize("address", ADDRESSES)
def test_a_page_to_read_is_there(address: str, browser: TestClient) -> None:
    page = browser.get(address)
    assert page.status_code == 200
    assert "It has not been assessed or cleared as a medical device anywhere." in page.text
    assert "http-equiv" not in page.text  # a page that reloads by itself takes the place of whoever reads it aloud


def _found(browser: TestClient, **asked: str) -> set[str]:
    return set(re.findall(r'href="/rules/problems/[a-z-]+#([a-z0-9-]+)"', browser.get("/rules", params=asked).text))


def test_rules_are_found_by_words_effect_and_problem(browser: TestClient, ruleset: RuleSet) -> None:
    everything = {rule.id for rule in ruleset.all_rules}
    assert _found(browser) == everything
    assert "bulimia-after-cbt" in _found(browser, q=" Bulimia  CBT ", effect="supports")
    assert "suicidal-plan-or-intent" not in _found(browser, q="bulimia")
    assert _found(browser, effect="limits") == {r.id for r in ruleset.all_rules if r.of(Limits)}
    eating = {r.id for r in ruleset.all_rules if "/eating/" in r.place.file}
    assert _found(browser, problem="eating") == eating
    assert _found(browser, q="eating") >= eating
    assert _found(browser, q="S22") >= {r.id for r in ruleset.all_rules if any(s.claim == "S22" for s in r.sources)}
    assert f"{len(eating)} rules in 1 problem." in browser.get("/rules", params={"problem": "eating"}).text
    assert "0 rules in 0 problems." in browser.get("/rules", params={"q": "xyzzy"}).text


def test_the_page_of_a_problem_has_all_that_is_to_be_signed(browser: TestClient, ruleset: RuleSet) -> None:
    for problem in problems(ruleset):
        page = browser.get(f"/rules/problems/{problem.id}").text
        assert sorted(re.findall(r'class="rule__body" id="([^"]+)"', page)) == sorted(r.id for r in problem.rules)
        assert page.count(" examples: fires in ") == len(problem.rules)
        assert page.count("<li>Fires: ") == sum(e.fires is True for r in problem.rules for e in r.examples)
        assert not re.findall(r"{[a-z_]+}", page)
        visible = re.sub(r"<[^>]*>", " ", page.partition("<main")[2])
        assert not [r.id for r in problem.rules if r.id.count("-") > 1 and r.id in visible]
    depression = browser.get("/rules/problems/depression").text
    assert depression.index("What speaks for IPT") < depression.index("What holds the rating back")
    assert "Being proved now." in depression or "Holds." in depression
    safety = browser.get("/rules/problems/safety").text
    assert safety.index("What is urgent: Emergency") < safety.index("What is urgent: Urgent")


def test_the_rules_of_a_problem_are_opened_and_folded(browser: TestClient) -> None:
    opened = '<details class="rule print" open>'
    assert opened in browser.get("/rules/problems/sleep").text
    assert opened not in browser.get("/rules/problems/sleep", params={"fold": "yes"}).text
    assert opened not in browser.get("/rules/problems/depression").text
    assert opened in browser.get("/rules/problems/depression", params={"fold": "no"}).text


@pytest.mark.parametrize("sent", ["<script>alert(1)</script>", '"><b>', "\x00", "é🙂", "a" * 5_000])
def test_what_is_searched_for_comes_back_as_text(sent: str, browser: TestClient) -> None:
    page = browser.get("/rules", params={"q": sent, "effect": sent, "problem": sent})
    assert page.status_code == 200
    assert "<script>alert" not in page.text
    assert "<b>" not in page.text


def test_no_page_of_a_rule_shows_a_placeholder(browser: TestClient) -> None:
    page = browser.get("/rules/print").text
    assert not re.findall(r"{[a-z_]+}", page)
    assert "the crisis line" in page


def test_a_rules_page_has_its_sources_and_its_examples(browser: TestClient, ruleset: RuleSet) -> None:
    for rule in ruleset.all_rules[::7]:
        page = browser.get(f"/rules/{rule.id}").text
        assert all(f'href="/rules/sources#{ref.id}"' in page for ref in rule.sources), rule.id
        assert page.count("Fires: ") + page.count("Does not fire: ") + page.count("Not yet known: ") == len(
            rule.examples
        )
        assert "Awaiting clinical sign-off." in page


def test_links_between_the_pages_lead_somewhere(browser: TestClient, ruleset: RuleSet) -> None:
    read = (*ADDRESSES, "/rules/bulimia-after-cbt", *(f"/rules/problems/{problem.id}" for problem in problems(ruleset)))
    pages = {address: browser.get(address).text for address in (*read, *OTHERS)}
    assert {browser.get(address).status_code for address in OTHERS} == {200}
    known = {f"/rules/{rule.id}" for rule in ruleset.all_rules}
    for address, page in pages.items():
        for target in re.findall(r'href="(/[^"?]*)(?:\?[^"]*)?"', page):
            path, _, anchor = target.partition("#")
            answers = path in known or path in pages or browser.get(path).status_code == 200
            assert answers, (address, target)
            assert not anchor or f'id="{anchor}"' in pages[path], (address, target)


def test_the_print_page_has_each_rule_once(browser: TestClient, ruleset: RuleSet) -> None:
    page = browser.get("/rules/print").text
    assert sorted(re.findall(r'<h3 id="([^"]+)"', page)) == [r.id for r in ruleset.all_rules]


def test_about_tells_use_limits_attributes_and_decisions(browser: TestClient, ruleset: RuleSet) -> None:
    page = browser.get("/about").text
    assert ruleset.about is not None
    assert page.count("<strong>Decided:</strong>") == len(ruleset.about.disagreements)
    assert page.count("<dt>") == 13
    assert "awaiting clinical review" in page
    assert ruleset.digest in page
    sources = browser.get("/rules/sources").text
    assert all(f'id="{source}"' in sources for source in ruleset.sources)


def test_the_rule_set_about_itself_is_there_as_data(browser: TestClient, ruleset: RuleSet) -> None:
    about = browser.get("/v1/ruleset").json()
    assert (about["name"], about["version"], about["digest"]) == (ruleset.name, ruleset.version, ruleset.digest)
    assert about["status"] == "awaiting clinical review"
    assert about["reviewers"] == []
    assert len(about["attributes"]) == 13
    assert about["change_log"][0]["version"] == ruleset.version
    assert about["rules"]["reviewed"] == 0


def test_a_property_that_fails_stands_first_with_its_referral_in_words(ruleset: RuleSet) -> None:
    app = create_app()
    proofs = Proofs(ruleset, RULES)
    proofs.proofs = (
        Proof("sound", "This holds.", True, 0.1),
        Proof("open", "This took too long.", None, 10.0),
        Proof("broken", "This fails.", False, 0.1, "Why.", ({"age_years": 30, "disputes": frozenset({"partner"})},)),
    )
    proofs.start = lambda: None  # type: ignore[method-assign]  # nothing is proved anew
    app.state.service.__dict__["proofs"] = proofs
    page = TestClient(app).get("/proofs").text
    assert "1 of 3 hold." in page
    assert page.index("This fails.") < page.index("This holds.")
    assert page.index("This took too long.") < page.index("This holds.")
    assert "Not settled" in page
    assert "A referral that shows it: age: 30 years; ongoing conflict: Partner" in page


def test_a_rule_that_is_not_there_is_answered_with_the_near_one(browser: TestClient) -> None:
    page = browser.get("/rules/bulimia-after-cbtt")
    assert page.status_code == 404
    assert "Did you mean `bulimia-after-cbt`?" in page.text
