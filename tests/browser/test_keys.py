"""The form by keyboard alone: one stop a question, no key that answers two, each way of working."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import answer, entered


def _asked(page: Page) -> str:
    name: str = page.evaluate("document.activeElement.closest('.q')?.dataset.name ?? ''")
    return name


def test_the_form_by_keys(visit: Open) -> None:
    page = visit()
    press = page.keyboard.press
    press("Tab")
    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.locator("#reference").focus()
    stops = []
    for _ in range(4):
        press("Tab")
        stops.append(_asked(page))
    assert stops == ["suicidal_thoughts", "suicide_warning_signs", "suicidal_behavior", "untreated_overdose_or_injury"]
    assert page.locator(".q input:checked").count() == 0
    press("k")
    press("ArrowUp")
    assert _asked(page) == "suicide_warning_signs"
    press("2")
    press("3")
    assert entered(page, "suicide_warning_signs") == ["thoughts_now", "time_or_place_chosen"]
    press("1")
    assert entered(page, "suicide_warning_signs") == ["none_of_these"]
    press("ArrowDown")
    press("ArrowRight")
    press("Space")
    assert entered(page, "suicidal_behavior") == ["over_1_year_ago"]
    press("0")
    assert entered(page, "suicidal_behavior") == ["unknown"]
    press("Delete")
    assert entered(page, "suicidal_behavior") == []
    press("n")
    assert _asked(page) == "untreated_overdose_or_injury"
    press("w")
    press("4")
    expect(page.locator("#q-untreated_overdose_or_injury .q__said")).to_have_text("A relative or friend")
    assert _asked(page) == "untreated_overdose_or_injury"
    press("/")
    page.keyboard.type("phq")
    press("Enter")
    expect(page.locator("#phq9_total")).to_be_focused()
    page.keyboard.type("17")
    press("Enter")
    expect(page.locator("#phq9_item9")).to_be_focused()
    press("?")
    expect(page.locator("#keys .keys")).to_be_visible()
    press("Escape")
    press("Control+Enter")
    page.wait_for_url("**/assessments/*")
    expect(page.locator("main")).to_contain_text("Not sorted yet")


def test_no_key_answers_two_questions(visit: Open) -> None:
    page = visit("/?mode=telephone")
    expect(page.locator(".q.current")).to_have_count(1)
    for _ in range(5):
        page.keyboard.down("1")  # held down: it repeats
    page.keyboard.up("1")
    assert page.locator(".q input:checked").count() == 1
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    assert page.locator(".q input:checked").count() == 1


def test_the_telephone_goes_on_skips_and_comes_back(visit: Open) -> None:
    page = visit("/?mode=telephone")
    expect(page.locator("#q-suicidal_thoughts")).to_be_visible()
    page.keyboard.press("2")
    expect(page.locator("#q-means_within_reach")).to_be_visible()  # the follow-up at once
    page.keyboard.press("3")
    expect(page.locator("#q-suicide_warning_signs")).to_be_visible()
    page.keyboard.press("2")
    page.keyboard.press("3")
    page.keyboard.press("Enter")
    assert entered(page, "suicide_warning_signs") == ["thoughts_now", "time_or_place_chosen"]
    expect(page.locator("#q-suicidal_behavior")).to_be_visible()
    page.keyboard.press("b")
    expect(page.locator("#q-suicide_warning_signs")).to_be_visible()
    page.keyboard.press("j")
    page.keyboard.press("n")
    expect(page.locator("#q-suicidal_behavior")).to_be_hidden()
    assert entered(page, "suicidal_behavior") == []


def test_the_single_keys_can_be_turned_off(visit: Open) -> None:
    page = visit()
    page.keyboard.press("?")
    page.locator("#single-keys").uncheck()
    page.keyboard.press("Escape")
    page.locator("#suicidal_thoughts-none").focus()
    page.keyboard.press("2")
    page.keyboard.press("n")
    assert page.locator(".q input:checked").count() == 0
    assert _asked(page) == "suicidal_thoughts"


LETTERS = {
    "markup": '<script>alert(1)</script> <b>depressed</b> & "quoted" 34-year-old',
    "right to left and emoji": "\u05de\u05d8\u05d5\u05e4\u05dc\u05ea. Depressed \U0001f622 34-year-old",
    "100 KB": "She is depressed and 34-year-old. " * 3_000,
}


def test_any_letter_is_text_and_offers_questions_only(visit: Open) -> None:
    page = visit("/?mode=letter")
    for letter in LETTERS.values():
        page.locator("#letter-text").fill(letter)
        page.locator("#letter-text").blur()
        expect(page.locator("#letter-read")).to_have_text(re.compile(re.escape(letter[:40])))
        assert page.locator("#letter-read :not(mark)").count() == 0
        assert page.locator(".q input:checked").count() == 0
        expect(page.locator("#q-major_depression")).to_be_visible()
        page.get_by_role("button", name="Change the letter").click()
    assert page.evaluate("Object.keys(sessionStorage).every(key => !sessionStorage[key].includes('depressed'))")


def test_a_click_marks_what_it_points_at(visit: Open) -> None:
    """Nothing moves under the pointer between pressing and letting go."""
    page = visit()
    for name, value in (
        ("suicidal_thoughts", "active_no_plan"),
        ("medical_red_flags", "delirium"),
        ("ptsd", "current"),
    ):
        answer(page, {name: value})
        assert entered(page, name) == [value]
