"""Whole referrals in a browser, as given, when, then."""

from __future__ import annotations

import re
from contextlib import ExitStack
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.browser.conftest import Cookie, Open, served, sign_in
from tests.browser.steps import answer, change, entered, safe, show_result, unfold
from triage.model.ruleset import RuleSet

DEPRESSED = {"age_years": "29", "major_depression": "current"}
DANGER = {"age_years": "41", "suicidal_thoughts": "plan_or_intent", "untreated_overdose_or_injury": "yes"}
NOW = {"untreated_overdose_or_injury": "yes"}
BOTH = pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])


@BOTH
def test_a_new_referral_comes_to_a_result_and_back(visit: Open, ruleset: RuleSet, js: bool) -> None:
    page = visit(js=js)
    answer(page, safe(ruleset.vocabulary) | DEPRESSED | {"reference": "REF-0142"})
    show_result(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("REF-0142")
    text = page.inner_text("main")
    assert text.index("Urgency: ") < text.index("Suitability") < text.index("Why") < text.index("All reasons")
    assert ruleset.version in text
    change(page)
    expect(page.locator("input#age_years")).to_have_value("29")
    assert entered(page, "major_depression") == ["current"]


@BOTH
def test_an_emergency_shows_what_to_do_and_nothing_of_the_rating(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, DEPRESSED | DANGER)
    if js:
        expect(page.locator("#band")).to_be_visible()
        page.get_by_label("Where are they?").fill("At home, 3 Mill Lane")
        page.get_by_label("Number to call back").fill("555 0100")
    show_result(page)
    text = page.inner_text("main")
    assert "Urgency: Emergency, now" in text
    assert "On hold: safety first" in text
    for hidden in (
        "can still change",
        "What speaks for",
        "What else to offer",
        "The course",
        "Problem areas",
        "Ask next",
    ):
        assert hidden not in text
    for copied in ("#rationale", "#rationale-full", "#hand-over"):
        whole = page.locator(copied).text_content() or ""
        assert "Emergency" in whole
        for hidden in ("Major depression in adults", "CBT", "sessions", "can still be", "Still open"):
            assert hidden not in whole
    if js:
        assert "At home, 3 Mill Lane" in text
        assert page.locator('a[href="tel:5550100"]').count() == 1
        page.go_back()
        expect(page.locator("#band")).to_be_visible()
        expect(page.get_by_label("Where are they?")).to_have_value("At home, 3 Mill Lane")
        assert "/change" in page.url


def test_an_incomplete_referral_shows_only_its_range(visit: Open) -> None:
    page = visit()
    answer(page, DEPRESSED)
    show_result(page)
    text = page.inner_text("main")
    assert re.search(r"Not sorted yet: \d+ safety questions open, treat as urgent until they are asked", text)
    assert "Urgency: " not in text
    assert "can still change" in text.lower()
    assert "so far" not in text.lower()


@BOTH
def test_a_mistake_is_named_beside_the_field_and_nothing_is_lost(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"age_years": "abc", "suicidal_thoughts": "none", "disputes": "partner"})
    show_result(page)
    link = page.locator("#errors a")
    expect(link).to_have_count(1)
    expect(page.locator("#q-age_years .q__error")).to_be_visible()
    expect(page.locator("input#age_years")).to_have_value("abc")
    assert entered(page, "suicidal_thoughts") == ["none"]
    assert entered(page, "disputes") == ["partner"]
    expect(page.locator("#q-disputes")).to_be_visible()
    if js:
        expect(page.locator("#errors")).to_be_focused()
    link.click()
    assert page.url.endswith("#q-age_years")
    if js:
        expect(page.locator("input#age_years")).to_be_focused()


@BOTH
def test_a_typo_hides_no_emergency(visit: Open, js: bool) -> None:
    """Whatever the typo: in the panel, when sent, on the page of the error, and where a score contradicts another."""
    page = visit(js=js)
    answer(page, {"age_years": "abc", "phq9_total": "1", "phq9_item9": "3"})
    answer(page, {"suicidal_thoughts": "plan_or_intent"} | NOW)
    if js:
        expect(page.locator("#band")).to_be_in_viewport()
        expect(page.locator("#panel")).to_contain_text("Something to correct first")
    show_result(page)
    text = page.inner_text("main")
    assert text.index("Urgency: Emergency") < text.index("There is something to correct") < text.index("New assessment")
    expect(page.locator("#panel")).to_contain_text("Urgency: Emergency")
    expect(page.locator("#band")).to_be_in_viewport()
    assert page.get_by_role("alert").count() == 0
    if js:
        page.locator("input#age_years").fill("41")
        answer(page, {"phq9_total": "9", "suicidal_thoughts": "none"})
        expect(page.locator("#panel")).not_to_contain_text("Something to correct first")
        page.check("input[name=untreated_overdose_or_injury][value=no]")
        expect(page.locator("#band")).to_be_hidden()


def test_an_emergency_shows_while_the_service_is_away_and_nothing_is_lost(visit: Open) -> None:
    page = visit()

    def away(route: Route) -> None:
        route.fulfill(status=503, body="", content_type="text/html")

    page.route("**/panel", away)
    answer(page, NOW | {"age_years": "abc"})
    expect(page.locator("#band")).to_be_visible()
    expect(page.locator("#band")).to_contain_text("Urgency: Emergency")
    expect(page.locator("#panel")).to_contain_text("No answer from the service.")
    answer(page, {"insured": "yes", "reference": "KEPT"})
    page.unroute("**/panel")
    page.reload()
    expect(page.locator("#insured-yes")).to_be_checked()
    expect(page.locator("#untreated_overdose_or_injury-yes")).to_be_checked()
    expect(page.locator("#reference")).to_have_value("KEPT")
    expect(page.get_by_role("heading", name="Urgency: Emergency")).to_have_count(1)
    expect(page.locator("#band")).to_contain_text("Call the emergency number (not set) now")
    page.route("**/panel", away)
    answer(page, {"needs": "interpreter"})
    expect(page.locator("#panel")).to_contain_text("No answer from the service.")
    expect(page.locator("#band")).to_be_visible()


def _keep(kept: list[Route], route: Route) -> None:
    kept.append(route)


def test_a_form_that_is_loaded_again_just_while_its_draft_is_saved_is_not_empty(visit: Open) -> None:
    page = visit()
    saving: list[Route] = []
    loading: list[Route] = []
    page.route("**/panel", partial(_keep, saving))
    answer(page, {"insured": "yes"})
    page.route(page.url, partial(_keep, loading))
    page.evaluate("setTimeout(() => location.reload())")
    while not (saving and loading):
        page.wait_for_timeout(10)
    page.unroute("**/panel")
    saved = saving[0].fetch()
    saving[0].fulfill(response=saved)
    page.wait_for_timeout(500)  # what waits for the page itself would wait for the next one
    loading[0].continue_()
    expect(page.locator("#insured-yes")).to_be_checked()
    expect(page.locator("#draft")).to_contain_text("Draft saved at ")
    draft = page.url.partition("?draft=")[2]
    assert draft
    assert draft in saved.text()


def test_the_failure_of_an_engine_shows_its_urgency_first(visit: Open) -> None:
    page = visit()
    failure = '<div class="urgency" data-queue="emergency"><h2>Urgency: Emergency</h2><p>Stay on the line.</p></div>'
    page.route("**/panel", lambda route: route.fulfill(status=503, body=failure, content_type="text/html"))
    answer(page, {"age_years": "30"})
    expect(page.locator("#band")).to_contain_text("Stay on the line.")


@BOTH
def test_enter_in_a_number_clears_no_answer(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"suicidal_thoughts": "plan_or_intent", "age_years": "29"})
    page.locator("input#age_years").press("Enter")
    page.wait_for_load_state()
    if page.locator("#assessment").count() == 0:
        expect(page.locator("main")).to_contain_text("On hold: safety first")
    else:
        assert entered(page, "suicidal_thoughts") == ["plan_or_intent"]


@BOTH
def test_each_answer_can_be_cleared(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"suicidal_thoughts": "passive", "insured": "yes"})
    page.locator("#q-suicidal_thoughts summary").click()
    page.locator("#q-suicidal_thoughts button[name=clear]").click()
    page.wait_for_load_state()
    assert entered(page, "suicidal_thoughts") == []
    assert entered(page, "insured") == ["yes"]


def _gap(page: Page, above: str, below: str) -> float:
    """The pixels between the lower edge of one question and the upper edge of another."""
    upper, lower = page.locator(f"#q-{above}").bounding_box(), page.locator(f"#q-{below}").bounding_box()
    assert upper is not None
    assert lower is not None
    return lower["y"] - upper["y"] - upper["height"]


def test_a_follow_up_stands_directly_under_the_answer_that_opens_it(visit: Open) -> None:
    page = visit()
    expect(page.locator("#q-means_within_reach")).to_be_hidden()
    for opener, value, below in (
        ("suicidal_behavior", "within_1_year", "means_within_reach"),
        ("dependants", "with_another_adult", "thoughts_of_harming_child"),
        ("persistent_depression", "current", "depression_severity"),
        ("bipolar_disorder", "current", "bipolar_type"),
        ("phq9_total", "17", "phq9_item9"),
    ):
        answer(page, {opener: value})
        expect(page.locator(f"#q-{below}")).to_be_visible()
        assert 0 <= _gap(page, opener, below) < 60, below


def test_a_link_to_an_answer_that_is_kept_and_not_used_leads_to_it(visit: Open) -> None:
    page = visit()
    answer(page, {"bipolar_disorder": "current"})
    answer(page, {"mood_stabilizer": "yes", "bipolar_disorder": "absent"})
    expect(page.locator("#q-mood_stabilizer")).to_be_hidden()
    page.locator("#panel").get_by_role("link", name="mood stabilizer").click()
    expect(page.locator("#q-mood_stabilizer")).to_be_in_viewport()
    assert entered(page, "mood_stabilizer") == ["yes"]
    answer(page, {"suicidal_thoughts": "plan_or_intent", "means_within_reach": "yes"})
    answer(page, {"suicidal_thoughts": "none", "suicidal_behavior": "none"})
    expect(page.locator("#q-means_within_reach")).to_be_visible()  # an answer that reassures nobody counts as asked


def test_what_cannot_change_the_result_is_folded(visit: Open, ruleset: RuleSet) -> None:
    page = visit()
    answer(page, {"primary_problem": "substance_use", "alcohol_use_disorder": "current"} | safe(ruleset.vocabulary))
    folded = page.locator("#section-scores .idle")
    expect(folded).to_be_attached()
    expect(page.locator(".idle .q").nth(20)).to_be_attached()
    assert page.locator(".group > .rows .q input:checked").count() >= 18  # what is answered stays in sight
    unfold(page, "isi_total")
    expect(page.locator("#q-isi_total")).to_be_visible()


def test_a_new_assessment_is_always_empty(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": "ONE", "suicidal_thoughts": "passive"})
    show_result(page)
    page.get_by_role("link", name="New assessment").click()
    expect(page.locator("#reference")).to_have_value("")
    assert entered(page, "suicidal_thoughts") == []
    answer(page, {"reference": "TWO"})
    expect(page.locator("#draft")).to_contain_text("Draft saved")
    page.get_by_role("link", name="New assessment").click()
    expect(page.locator("#reference")).to_have_value("")
    page.go_back()
    expect(page.locator("#reference")).to_have_value("TWO")
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0
    assert visit("/", beside=page).locator("#reference").input_value() == ""


def test_a_correction_after_the_result_outlives_a_reload(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": "ONE", "age_years": "29"})
    show_result(page)
    change(page)
    answer(page, {"age_years": "30"})
    expect(page.locator("#draft")).to_contain_text("Not saved until you show the result")
    page.reload()
    expect(page.locator("input#age_years")).to_have_value("30")
    expect(page.locator("#reference")).to_have_value("ONE")
    show_result(page)
    page.reload()
    page.go_back()
    page.go_forward()
    page.locator("summary", has_text="The answers").click()
    expect(page.locator("main")).to_contain_text("30 years")


def test_the_second_of_two_tabs_is_told_before_it_overwrites(visit: Open) -> None:
    first = visit()
    answer(first, {"reference": "ONE", "age_years": "29"})
    expect(first.locator("#draft")).to_contain_text("Draft saved")
    second = visit(first.url, beside=first)
    expect(second.locator("input#age_years")).to_have_value("29")
    answer(second, {"age_years": "30"})
    expect(second.locator("#draft")).to_contain_text("Draft saved")
    answer(first, {"insured": "yes"})
    expect(first.locator("#draft")).to_contain_text("Not saved: somebody else changed")
    first.get_by_role("button", name="Use theirs").click()
    expect(first.locator("input#age_years")).to_have_value("30")
    answer(second, {"age_years": "31"})
    expect(second.locator("#draft")).to_contain_text("Draft saved")
    show_result(second)
    answer(first, {"age_years": "33"})
    show_result(first)
    expect(first.locator("#errors")).to_contain_text("It was answered in another tab or by somebody else.")
    expect(first.locator("input#age_years")).to_have_value("33")
    show_result(first)
    expect(first).to_have_url(second.url)


def test_two_people_on_one_draft(visit: Open, address: str) -> None:
    name, value = sign_in(address, "second", "coordinator")
    first = visit()
    answer(first, {"reference": "SHARED", "age_years": "29"})
    expect(first.locator("#draft")).to_contain_text("Draft saved")
    second = visit("/about", signed_in=False)
    second.context.add_cookies([{"name": name, "value": value, "url": address}])
    second.goto(first.url)
    expect(second.locator(".who")).to_contain_text("second")
    answer(second, {"suicidal_thoughts": "none"})
    expect(second.locator("#draft")).to_contain_text("Draft saved")
    answer(first, {"suicidal_thoughts": "passive"})
    expect(first.locator("#draft")).to_contain_text("Not saved: somebody else changed Suicidal thoughts")
    first.get_by_role("button", name="Keep mine").click()
    expect(first.locator("#draft")).to_contain_text("Draft saved")
    second.reload()
    assert entered(second, "suicidal_thoughts") == ["passive"]


def test_two_changes_of_one_record_do_not_overwrite_each_other(visit: Open) -> None:
    first = visit()
    answer(first, {"reference": "TWICE", "age_years": "29"})
    show_result(first)
    record = first.url
    second = visit(record + "/change", beside=first)
    change(first)
    answer(first, {"age_years": "30"})
    show_result(first)
    answer(second, {"age_years": "31"})
    show_result(second)
    expect(second.locator("#errors")).to_contain_text("Somebody else changed this meanwhile; nothing was lost")
    expect(second.locator("input#age_years")).to_have_value("31")
    show_result(second)
    expect(second).to_have_url(record)


def test_the_worklist_shows_what_is_to_be_done(visit: Open) -> None:
    page = visit()
    today = {"recent_psychiatric_discharge": "yes"}
    for reference, answers in (("W-OPEN", {"age_years": "29"}), ("W-NOW", NOW), ("W-TODAY", today)):
        page.goto("/")
        answer(page, {"reference": reference} | answers)
        show_result(page)
    page.get_by_label("Tried to reach").select_option("no_answer")
    page.get_by_role("button", name="Add").click()
    expect(page.locator(".doing")).to_contain_text("No answer, ")
    page.get_by_label("Owner").fill("Ada")
    page.get_by_label("Status").select_option("waiting_for_referrer")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".doing")).to_contain_text("Waiting for the referrer is saved.")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Status")).to_have_value("trying")
    page.goto("/worklist")
    rows = [row.inner_text().split()[0] for row in page.locator("#worklist tbody tr").all()]
    order = [reference for reference in rows if reference.startswith("W-")]
    assert order == ["W-NOW", "W-TODAY", "W-OPEN"]
    expect(page.locator("#worklist")).to_contain_text("Not sorted yet")
    page.get_by_label("Urgency").select_option("not_sorted")
    page.get_by_role("button", name="Show").click()
    assert "urgency=not_sorted" in page.url
    expect(page.locator("#worklist")).to_contain_text("W-OPEN")
    expect(page.locator("#worklist")).not_to_contain_text("W-NOW")
    page.goto("/worklist?owner=Ada")
    expect(page.locator("#worklist tbody tr")).to_have_count(1)
    expect(page.locator("#worklist tbody tr")).to_contain_text("Trying to reach")
    page.goto("/dashboard")
    this_week = page.locator("table").first.locator("tbody tr").last
    assert int(this_week.locator("td").first.inner_text()) >= 3
    expect(page.locator("main")).to_contain_text("No clinician has decided on an answer yet.")


def test_the_worklist_updates_itself_and_keeps_the_place(visit: Open) -> None:
    page = visit()
    answer(page, NOW | {"reference": "L-FIRST"})
    show_result(page)
    page.clock.install()
    page.goto("/worklist")
    expect(page.locator("#as-of")).to_contain_text("it updates every half minute")
    page.get_by_role("link", name="L-FIRST").focus()
    other = visit(beside=page)
    answer(other, NOW | {"reference": "L-SECOND"})
    show_result(other)
    page.clock.run_for(31_000)
    expect(page.locator("#worklist")).to_contain_text("L-SECOND")
    expect(page.get_by_role("link", name="L-FIRST")).to_be_focused()
    page.route("**/worklist", lambda route: route.fulfill(status=503, body=""))
    page.clock.run_for(31_000)
    expect(page.locator("#as-of")).to_have_text("No answer from the service. This list may be old.")


STRANGE = "<b>\u05de\u05d8\u05d5\u05e4\u05dc\u05ea</b> \U0001f622 & co"


def test_markup_other_directions_and_emoji_are_text_everywhere(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": STRANGE, "age_years": "29", "suicidal_thoughts": "passive"})
    page.locator("#q-suicidal_thoughts summary").click()
    page.locator("#q-suicidal_thoughts .behind .text").fill(STRANGE)
    expect(page.locator("#q-suicidal_thoughts .q__said")).to_have_text(f"“{STRANGE}”")
    show_result(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(STRANGE)
    expect(page.locator("#why")).to_contain_text(STRANGE)
    page.get_by_label("Owner").fill(STRANGE)
    page.get_by_role("button", name="Save").click()
    page.goto("/worklist")
    expect(page.locator("tr", has=page.get_by_role("link", name=STRANGE)).locator("td").nth(5)).to_have_text(STRANGE)


def test_an_emergency_outlives_the_service(browser: Browser) -> None:
    """The service is stopped under it, in a narrow window; one that is found afterwards shows all the same."""
    with ExitStack() as running:
        at = running.enter_context(served())
        context = browser.new_context(base_url=at, viewport={"width": 320, "height": 640})
        page = context.new_page()
        page.goto("/")
        answer(page, NOW)
        expect(page.locator("#band")).to_contain_text("Call the emergency number (not set) now")
        later = context.new_page()
        later.goto("/")
        answer(later, {"reference": "LATER"})
    for shown, answers in ((page, {"age_years": "abc", "insured": "yes"}), (later, NOW)):
        answer(shown, answers)
        expect(shown.locator("#panel")).to_contain_text("No answer from the service.")
        expect(shown.locator("#band")).to_contain_text("Call the emergency number (not set) now")
        expect(shown.locator("#bar")).to_be_visible()
        assert shown.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(later.locator("#band .urgency__first")).to_be_in_viewport()
    context.close()


def test_whoever_is_not_signed_in_gets_an_answer_and_loses_nothing(visit: Open) -> None:
    page = visit(signed_in=False)
    answer(page, {"reference": "NOBODY", "age_years": "29"})
    expect(page.locator("#draft")).to_contain_text("Not saved: nobody is signed in. Held in this tab.")
    show_result(page)
    expect(page.locator("main")).to_contain_text("Not saved: nobody is signed in.")
    page.go_back()
    expect(page.locator("#reference")).to_have_value("NOBODY")
    page.goto("/worklist")
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")


def test_a_session_that_ends_in_the_middle_of_a_call_loses_nothing(visit: Open, session: Cookie, address: str) -> None:
    page = visit()
    expect(page.locator(".who")).to_contain_text("Sign out")
    answer(page, {"reference": "CALL", "age_years": "29"})
    expect(page.locator("#draft")).to_contain_text("Draft saved")
    page.context.clear_cookies()
    answer(page, {"insured": "yes"})
    expect(page.locator("#draft")).to_contain_text("Not saved: nobody is signed in. Held in this tab.")
    name, value = session
    page.context.add_cookies([{"name": name, "value": value, "url": address}])
    answer(page, {"needs": "interpreter"})
    expect(page.locator("#draft")).to_contain_text("Draft saved")
    show_result(page)
    assert "/assessments/" in page.url
    change(page)
    expect(page.locator("#reference")).to_have_value("CALL")
    assert [entered(page, name) for name in ("insured", "needs")] == [["yes"], ["interpreter"]]


def test_where_all_needs_a_sign_in_an_ended_session_is_said_and_nothing_is_lost(visit: Open) -> None:
    page = visit()
    sent_away = {"location": "/sign-in?next=/"}
    page.route("**/panel", lambda route: route.fulfill(status=303, headers=sent_away))
    answer(page, NOW | {"reference": "CALL"})
    expect(page.locator("#draft")).to_contain_text("Not saved: nobody is signed in. Held in this tab.")
    expect(page.locator("#band")).to_contain_text("Urgency: Emergency")
    page.unroute("**/panel")
    answer(page, {"insured": "yes"})
    expect(page.locator("#draft")).to_contain_text("Draft saved")
    expect(page.locator("#reference")).to_have_value("CALL")


def test_the_page_says_where_an_answer_is_not_held(visit: Open) -> None:
    page = visit()
    page.evaluate("() => { Storage.prototype.setItem = () => { throw new Error('full'); }; }")
    answer(page, {"age_years": "29"})
    expect(page.locator("#draft")).to_contain_text("Not saved. This browser holds nothing for this page")


@BOTH
def test_a_set_may_be_half_answered(visit: Open, js: bool) -> None:
    page = visit(js=js)
    answer(page, {"medical_red_flags": "insulin_omitted"})
    page.check("input[name=medical_red_flags][value=unknown]")
    expect(page.locator("#q-medical_red_flags")).to_contain_text("Asked, others not known")
    assert entered(page, "medical_red_flags") == ["insulin_omitted", "unknown"]
    show_result(page)
    expect(page.locator("main")).to_contain_text("Urgency: Very urgent")
    change(page)
    assert entered(page, "medical_red_flags") == ["insulin_omitted", "unknown"]


@BOTH
def test_who_said_it_is_kept_and_a_relatives_no_is_not_counted(visit: Open, js: bool) -> None:
    page = visit(js=js)
    question = page.locator("#q-suicidal_thoughts")
    answer(page, {"suicidal_thoughts": "none", "age_years": "29"})
    expect(question.get_by_label("Said by")).to_be_hidden()
    question.locator("summary").click()
    question.get_by_label("Said by").select_option("relative")
    question.get_by_label("Words of the letter").fill("She would never do that.")
    if js:
        expect(question.locator(".q__said")).to_have_text("“She would never do that.” A relative or friend")
    show_result(page)
    expect(page.locator("main")).to_contain_text("Not counted, ask the person: suicidal thoughts (said by a relative)")
    page.locator("summary", has_text="The answers").click()
    expect(page.locator("main")).to_contain_text("“She would never do that.” A relative or friend")
    change(page)
    expect(page.locator("#q-suicidal_thoughts .q__said")).to_contain_text("She would never do that.")


def test_what_was_asked_and_is_not_known_is_not_called_unasked(visit: Open) -> None:
    page = visit()
    answer(page, {"suicidal_thoughts": "unknown", "major_depression": "current"})
    show_result(page)
    texts = page.locator("main").text_content() or ""
    assert "suicidal thoughts (asked, not known)" in texts
    assert "Suicidal thoughts</th><td>Asked, not known" in page.content()


def test_only_a_change_of_level_is_said_aloud(visit: Open) -> None:
    page = visit()
    live = page.locator("[aria-live], [role=status], [role=alert], [role=log]")
    expect(live).to_have_count(1)
    page.evaluate(
        """() => { window.said = []; const live = document.getElementById("level-said");
        new MutationObserver(() => said.push(live.textContent)).observe(live, {childList: true}); }"""
    )
    answer(page, {"insured": "yes"})
    expect(page.locator("#panel")).to_contain_text("Not sorted yet")
    answer(page, NOW)
    expect(page.locator("#band")).to_be_visible()
    expect(live).to_have_attribute("aria-live", "assertive")
    answer(page, {"needs": "interpreter"})
    page.wait_for_timeout(500)
    assert page.evaluate("said") == ["Urgency: Emergency"]


def test_without_a_script_the_strip_says_that_it_waits(visit: Open) -> None:
    page = visit(js=False)
    expect(page.locator("#panel")).to_contain_text("This shows the answers as last sent.")
    expect(page.locator("#find")).to_be_hidden()
    expect(visit().locator("#panel")).not_to_contain_text("This shows the answers as last sent.", use_inner_text=True)


def test_the_texts_to_copy_name_what_they_are_about(visit: Open) -> None:
    page = visit()
    answer(page, {"reference": "REF-7", "age_years": "29", "bulimia_nervosa": "current"})
    show_result(page)
    short = page.locator("#rationale").text_content() or ""
    assert re.search(r"Referral REF-7, \d{1,2} \w{3} \d{4} \d\d:\d\d\.", short)
    questions = page.locator("#questions").text_content() or ""
    assert questions.startswith("Dear colleague,")
    assert "About referral REF-7: please answer these questions, if you can by " in questions
    assert "type of bipolar" not in questions  # no bipolar disorder is named
    assert "partner ever hurt" not in questions  # that is asked of the person alone
    assert "none of these" in questions
    assert not re.search(r"\b[a-z0-9]+_[a-z0-9_]+\b", short + questions), "a machine word"
    hand_over = page.locator("#hand-over").text_content() or ""
    assert [line.split("  ")[0] for line in hand_over.splitlines() if "  " in line] == [
        "SITUATION",
        "BACKGROUND",
        "ASSESSMENT",
        "REQUEST",
    ]
    page.emulate_media(media="print")
    expect(page.get_by_role("link", name="Change the answers")).to_be_hidden()
    expect(page.locator(".sign")).to_be_visible()
