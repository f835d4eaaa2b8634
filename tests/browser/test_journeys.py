"""Whole referrals in a browser, as given, when, then."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.steps import answer, entered, safe, show_result
from triage.model.ruleset import RuleSet

DEPRESSED = {"age_years": "29", "major_depression": "current"}
# Faults of the form that these tests found; each mark goes with the mend (strict: a mended fault fails until it does).
DANGER = {"age_years": "41", "suicidal_thoughts": "plan_or_intent", "untreated_overdose_or_injury": "yes"}


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_new_referral_comes_to_a_result(visit: Open, ruleset: RuleSet, js: bool) -> None:
    page = visit(js=js)
    answer(page, safe(ruleset.vocabulary) | DEPRESSED | {"reference": "REF-0142"})
    show_result(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("REF-0142")
    text = page.inner_text("main")
    assert text.index("Urgency: ") < text.index("Suitability")
    for heading in ("What speaks for", "What speaks against", "What can still change it"):
        assert heading in text
    assert ruleset.version in text


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_an_emergency_shows_what_to_do_and_nothing_of_the_rating(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, DEPRESSED | DANGER)
    show_result(page)
    text = page.inner_text("main")
    assert "Urgency: Emergency" in text
    assert "On hold: safety first" in text
    for hidden in ("What can still change", "What speaks for", "What else to offer", "The course", "Problem areas"):
        assert hidden not in text
    assert page.get_by_role("alert").count() <= 1


def test_an_incomplete_referral_shows_only_its_range(visit: Open) -> None:
    page = visit()
    answer(page, DEPRESSED)
    show_result(page)
    text = page.inner_text("main")
    assert re.search(r"Not sorted yet: \d+ safety questions open, treat as urgent until they are asked", text)
    assert "Urgency: " not in text
    assert "Open safety questions: " in text
    assert "can still be" in text.lower()
    assert "so far" not in text.lower()


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_a_mistake_is_named_beside_the_field_and_nothing_is_lost(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"age_years": "abc", "suicidal_thoughts": "none", "disputes": "partner"})
    show_result(page)
    link = page.locator(".govuk-error-summary a")
    expect(link).to_have_count(1)
    expect(page.locator("#q-age_years .govuk-error-message")).to_be_visible()
    expect(page.locator("input#age_years")).to_have_value("abc")
    assert entered(page, "suicidal_thoughts") == ["none"]
    assert entered(page, "disputes") == ["partner"]
    if js:
        expect(page.locator(".govuk-error-summary")).to_be_focused()
    link.click()
    assert page.url.endswith("#q-age_years")


def test_by_keyboard_alone_to_the_result(visit: Open) -> None:
    page = visit()
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(40):
        if page.evaluate("document.activeElement.name") == "suicidal_thoughts":
            break
        page.keyboard.press("Tab")
    page.keyboard.press("Space")
    assert entered(page, "suicidal_thoughts") == ["none"]
    page.keyboard.press("ArrowDown")
    assert entered(page, "suicidal_thoughts") == ["passive"]
    page.keyboard.press("Control+Enter")
    page.wait_for_url("**/assess")
    expect(page.locator("main")).to_contain_text("Urgency: Urgent")


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_enter_in_a_number_clears_no_answer(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"suicidal_thoughts": "plan_or_intent", "age_years": "29"})
    page.locator("input#age_years").press("Enter")
    page.wait_for_load_state()
    if page.url.endswith("/assess") and page.locator("#assessment").count() == 0:
        expect(page.locator("main")).to_contain_text("On hold: safety first")
    else:
        assert entered(page, "suicidal_thoughts") == ["plan_or_intent"]


@pytest.mark.parametrize(
    "js",
    [
        pytest.param(True, id="with JavaScript"),
        pytest.param(False, id="without JavaScript"),
    ],
)
def test_each_answer_can_be_cleared(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"suicidal_thoughts": "passive", "insured": "yes"})
    page.locator("#q-suicidal_thoughts summary").click()
    page.locator("#q-suicidal_thoughts button.clear").click(timeout=2_000)
    page.wait_for_load_state()
    assert entered(page, "suicidal_thoughts") == []
    assert entered(page, "insured") == ["yes"]


def test_a_follow_up_shows_only_where_it_applies_and_keeps_its_answer(visit: Open) -> None:
    page = visit()
    expect(page.locator("#q-bipolar_type")).to_be_hidden()
    answer(page, {"bipolar_disorder": "current"})
    expect(page.locator("#q-bipolar_type")).to_be_visible()
    answer(page, {"mood_stabilizer": "yes", "bipolar_disorder": "absent"})
    expect(page.locator("#q-mood_stabilizer")).to_be_hidden()
    expect(page.locator("#panel")).to_contain_text(re.compile("not used.*mood stabilizer", re.DOTALL))
    answer(page, {"bipolar_disorder": "current"})
    assert entered(page, "mood_stabilizer") == ["yes"]


def test_the_panel_follows_the_answers(visit: Open) -> None:
    page = visit()
    answer(page, {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "no"})
    expect(page.locator("#panel")).to_contain_text("On hold".lower())
    expect(page.locator("#panel")).to_contain_text("Urgency: Very urgent")
    answer(page, {"untreated_overdose_or_injury": "yes"})
    expect(page.locator("#panel")).to_contain_text("Urgency: Emergency")
    expect(page.locator("#panel")).not_to_contain_text("Ask next")


def test_back_from_the_result_finds_the_answers(visit: Open) -> None:
    page = visit()
    answer(page, DEPRESSED)
    show_result(page)
    page.go_back()
    expect(page.locator("input#age_years")).to_have_value("29")
    assert entered(page, "major_depression") == ["current"]


@pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_the_answers_can_be_changed_from_the_result(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, DEPRESSED)
    show_result(page)
    page.get_by_role("button", name="Change the answers").click()
    expect(page.locator("input#age_years")).to_have_value("29")
    assert entered(page, "major_depression") == ["current"]


def test_the_rationale_can_be_copied_and_printed(visit: Open) -> None:
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    answer(page, DEPRESSED)
    show_result(page)
    page.get_by_role("button", name="Copy the rationale").click()
    expect(page.locator("#copied")).to_contain_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert "Not sorted yet" in copied
    assert "Rule set" in copied
    assert len(copied.split()) <= 120
    page.get_by_role("button", name="Copy in full").click()
    expect(page.locator("#copied")).to_contain_text("Copied")
    assert "no diagnosis, no prediction" in page.evaluate("navigator.clipboard.readText()")
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Change the answers")).to_be_hidden()
    expect(page.locator("main")).to_contain_text("Not sorted yet: ")


def test_what_is_copied_on_hold_says_nothing_of_the_rating(visit: Open) -> None:
    page = visit()
    answer(page, DEPRESSED | DANGER)
    show_result(page)
    for copied in ("#rationale", "#rationale-full"):
        text = page.locator(copied).text_content() or ""
        assert "Emergency" in text
        for hidden in ("Major depression in adults", "CBT", "sessions", "can still be", "Still open"):
            assert hidden not in text


def test_a_draft_is_kept_and_another_tab_does_not_overwrite_it(visit: Open) -> None:
    first = visit()
    answer(first, {"age_years": "29"})
    expect(first.locator("#draft")).to_contain_text("kept in this browser")
    first.reload()
    expect(first.locator("input#age_years")).to_have_value("29")
    name = first.evaluate("sessionStorage.getItem('draft')")
    second = visit(f"/?draft={name}", beside=first)
    expect(second.locator("input#age_years")).to_have_value("29")
    answer(second, {"age_years": "30"})
    expect(first.locator("#draft")).to_contain_text("changed in another tab")
    expect(first.locator("input#age_years")).to_have_value("29")


def test_two_tabs_hold_two_referrals(visit: Open) -> None:
    first = visit()
    answer(first, {"reference": "ONE", "suicidal_thoughts": "plan_or_intent"})
    expect(first.locator("#draft")).to_contain_text("kept in this browser")
    second = visit(beside=first)
    answer(second, {"reference": "TWO", "age_years": "30"})
    expect(second.locator("#draft")).to_contain_text("kept in this browser")
    listed = visit("/worklist", beside=first)
    expect(listed.locator("#drafts tr")).to_have_count(2)
    expect(listed.locator("#drafts tr").first).to_contain_text("ONE")
    listed.goto("/worklist?q=two")
    expect(listed.locator("#drafts tr")).to_have_count(1)


def test_a_new_assessment_is_always_empty(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": "ONE", "suicidal_thoughts": "passive"})
    show_result(page)
    page.get_by_role("link", name="New assessment").click()
    expect(page.locator("input#reference")).to_have_value("")
    assert entered(page, "suicidal_thoughts") == []
    answer(page, {"reference": "TWO", "age_years": "30"})
    page.reload()
    expect(page.locator("input#reference")).to_have_value("TWO")
    page.get_by_role("button", name="Start a new one").click()
    expect(page.locator("input#reference")).to_have_value("")
    expect(page.locator("input#age_years")).to_have_value("")


def test_an_answer_is_kept_before_the_service_is_asked(visit: Open) -> None:
    page = visit()
    page.route("**/panel", lambda route: route.fulfill(status=200, body="", content_type="text/html"))
    answer(page, {"age_years": "29"})
    page.reload()
    expect(page.locator("input#age_years")).to_have_value("29")


def test_the_page_says_where_an_answer_is_not_kept(visit: Open) -> None:
    page = visit()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    answer(page, {"age_years": "29"})
    expect(page.locator("#draft")).to_contain_text("Not saved: this browser keeps nothing for this page.")


BOTH = pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])


@BOTH
def test_a_refused_form_says_first_that_it_is_an_emergency(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, DANGER | {"age_years": "abc"})
    show_result(page)
    text = page.inner_text("main")
    assert text.index("Urgency: Emergency") < text.index("There is something to correct") < text.index("New assessment")
    assert page.get_by_role("alert").count() <= 2  # the urgency, and the summary of what to correct
    expect(page.locator("#panel")).to_contain_text("Urgency: Emergency")
    if js:
        assert page.locator("#band").bounding_box()["y"] >= 0  # type: ignore[index]  # it is there
        page.locator("input#age_years").fill("41")
        page.check("input[name=suicidal_thoughts][value=none]")
        page.check("input[name=untreated_overdose_or_injury][value=no]")
        expect(page.locator("#band")).to_have_count(0)


@BOTH
def test_a_set_may_be_half_answered(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"medical_red_flags": "insulin_omitted"})
    page.check("input[name=medical_red_flags][value=unknown]")
    expect(page.locator("#q-medical_red_flags")).to_contain_text("Asked, others not known")
    assert entered(page, "medical_red_flags") == ["insulin_omitted", "unknown"]
    show_result(page)
    expect(page.locator("main")).to_contain_text("Urgency: Very urgent")
    page.get_by_role("button", name="Change the answers").click()
    assert entered(page, "medical_red_flags") == ["insulin_omitted", "unknown"]


@BOTH
def test_who_said_it_is_kept_and_a_relatives_no_is_not_counted(visit: Open, js: bool) -> None:
    page = visit(js=js)
    question = page.locator("#q-suicidal_thoughts")
    expect(question.get_by_label("Said by")).to_be_hidden()
    answer(page, {"suicidal_thoughts": "none", "age_years": "29"})
    question.locator("summary").click()
    question.get_by_label("Said by").select_option("relative")
    question.get_by_label("Quote").fill("“She would never do that.”")
    show_result(page)
    expect(page.locator("main")).to_contain_text("Not counted, ask the person: suicidal thoughts (said by a relative)")
    assert "She would never" not in page.inner_text("main")
    page.get_by_role("button", name="Change the answers").click()
    expect(page.locator("#q-suicidal_thoughts").get_by_label("Said by")).to_have_value("relative")
    expect(page.locator("#q-suicidal_thoughts").get_by_label("Quote")).to_have_value("“She would never do that.”")


def test_what_was_asked_and_is_not_known_is_not_called_unasked(visit: Open) -> None:
    page = visit()
    answer(page, {"suicidal_thoughts": "unknown", "major_depression": "current"})
    show_result(page)
    expect(page.locator("main")).to_contain_text("suicidal thoughts (asked, not known)")
    assert "suicidal thoughts (asked, not known)" in (page.locator("#rationale").text_content() or "")


def test_a_follow_up_that_counts_as_asked_is_never_hidden(visit: Open) -> None:
    page = visit()
    answer(page, {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes"})
    answer(page, {"suicidal_thoughts": "none", "suicidal_behavior": "none"})
    expect(page.locator("#q-means_within_reach")).to_be_visible()
    answer(page, {"means_within_reach": "no"})
    expect(page.locator("#q-means_within_reach")).to_be_hidden()
    page.goto("/#q-means_within_reach")
    expect(page.locator("#q-means_within_reach")).to_be_visible()


def test_the_worklist_keeps_not_sorted_apart(visit: Open) -> None:
    first = visit()
    answer(first, {"reference": "OPEN", "age_years": "29"})
    expect(first.locator("#panel")).to_contain_text("Not sorted yet: ")
    second = visit(beside=first)
    answer(second, {"reference": "TODAY", "recent_psychiatric_discharge": "yes"})
    expect(second.locator("#panel")).to_contain_text("Urgency: Urgent")
    third = visit(beside=first)
    answer(third, {"reference": "NOW", "untreated_overdose_or_injury": "yes", "age_years": "abc"})
    expect(third.locator("#panel")).to_contain_text("Urgency: Emergency")
    for page in (first, second, third):
        expect(page.locator("#draft")).to_contain_text("kept in this browser")
    listed = visit("/worklist", beside=first)
    expect(listed.locator("#drafts tr")).to_have_count(3)
    assert [row.inner_text().split()[0] for row in listed.locator("#drafts tr").all()] == ["NOW", "TODAY", "OPEN"]
    expect(listed.locator("#drafts tr").last).to_contain_text("Not sorted yet: ")
    listed.goto("/worklist?urgency=not_sorted")
    expect(listed.locator("#drafts tr")).to_have_count(1)


def test_how_urgent_it_is_stays_when_the_service_does_not_answer(visit: Open) -> None:
    page = visit()
    answer(page, {"untreated_overdose_or_injury": "yes"})
    expect(page.locator("#panel")).to_contain_text("Urgency: Emergency")
    page.route("**/panel", lambda route: route.fulfill(status=503, body="{}", content_type="application/json"))
    answer(page, {"insured": "yes"})
    expect(page.locator("#panel")).to_contain_text("No answer from the service")
    text = page.inner_text("#panel")
    assert text.index("Urgency: Emergency") < text.index("No answer from the service")


def test_a_fault_of_the_reference_is_one_press_away(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": "x" * 201})
    page.locator("#panel").get_by_role("link", name="Reference").click()
    expect(page.locator("input#reference")).to_be_focused()
