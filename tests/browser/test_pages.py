"""Every page: accessible by axe in light and dark, readable at 320 pixels, small, and no failure whatever is sent."""

from __future__ import annotations

import gzip
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Mapping

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.steps import answer, safe, show_result
from triage.model.ruleset import RuleSet

PATHS = (
    "/worklist",
    "/rules?q=bulimia",
    "/rules/depression-adult",
    "/rules/problems/sleep?fold=no",
    "/proofs",
    "/about",
    "/docs",
    "/components",
    "/dashboard",
)
OTHERS = (
    "/rules",
    "/rules/sources",
    "/rules/claims",
    "/rules/questionnaires",
    "/rules/problems/depression?fold=no",
    "/rules/problems/safety",
    "/safety",
)
RESULTS: dict[str, Mapping[str, str]] = {
    "incomplete": {"age_years": "29", "major_depression": "current"},
    "emergency": {"untreated_overdose_or_injury": "yes"},
    "error with an emergency": {"age_years": "abc", "untreated_overdose_or_injury": "yes"},
    "on hold": {"age_years": "29", "suicidal_thoughts": "plan_or_intent", "means_within_reach": "no"},
}
TWO_TARGETS = {
    "age_years": "29",
    "primary_problem": "eating",
    "bulimia_nervosa": "current",
    "major_depression": "current",
}
WAITING_LIST = b"""reference,clinic,age_years,major_depression,suicidal_thoughts
A,north,34,current,none
B,north,29,absent,plan_or_intent
C,south,51,current,unknown
D,south,51,curent,none
"""
FORBIDDEN = ("low risk", "medium risk", "high risk")
WIDTHS = (320, 768, 1280)
ONLY_VIOLATIONS = {"resultTypes": ["violations"]}
LARGEST_FIRST_PAGE = 100_000


def _hold(page: Page, every: bool = False) -> None:
    """Hold a state of a page: that it fits at each width, and axe in light when narrow and in dark when wide.

    With ``every`` axe is asked at each width in light and in dark.
    """
    corners = {(320, "light"), (1280, "dark")}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {width}"
        for scheme in ("light", "dark"):
            if every or (width, scheme) in corners:
                page.emulate_media(color_scheme=scheme)
                violations = Axe().run(page, options=ONLY_VIOLATIONS).response["violations"]
                names = [(broken["id"], [node["target"] for node in broken["nodes"]]) for broken in violations]
                assert names == [], (width, scheme)
    text = page.inner_text("body")
    assert not [words for words in FORBIDDEN if words in text.lower()]
    assert not re.findall(r"\{(?:crisis_line|emergency_number|service_name)\}", text)
    assert "It has not been assessed or cleared as a medical device anywhere." in text
    assert page.get_by_role("heading", level=1).count() == 1


def _unfold(page: Page) -> None:
    page.evaluate(
        "document.querySelectorAll('main details:not(.menu, .strip *)').forEach(each => { each.open = true; })"
    )


EVERY = pytest.mark.parametrize("every", [False, pytest.param(True, marks=pytest.mark.deep)], ids=["corners", "all"])


def test_the_pages_to_read_are_accessible_and_fit(visit: Open) -> None:
    page = visit("/about")
    for path in PATHS:
        page.goto(path, timeout=60_000)  # the description of the API is made when it is first asked for
        _hold(page)


@pytest.mark.deep
@pytest.mark.parametrize("path", [*PATHS, *OTHERS])
def test_each_page_to_read_is_accessible_at_each_width(visit: Open, path: str) -> None:
    _hold(visit(path), every=True)


@EVERY
def test_the_form_is_accessible_and_fits(visit: Open, every: bool) -> None:
    page = visit()
    _hold(page, every)
    page.keyboard.press("Alt+e")
    expect(page.locator("#now .drop")).to_be_visible()
    page.keyboard.press("1")
    answer(page, {"suicidal_thoughts": "passive", "bipolar_disorder": "suspected", "age_years": "29"})
    expect(page.locator("#panel")).to_contain_text("Urgency: ")
    page.locator("#q-suicidal_thoughts summary").click()
    page.keyboard.press("?")
    _hold(page, every)


@EVERY
def test_letter_and_telephone_are_accessible_and_fit(visit: Open, every: bool) -> None:
    page = visit("/?mode=letter")
    page.locator("#letter-text").fill("This 34-year-old is depressed and has never tried anything.")
    page.locator("#letter-text").blur()
    _hold(page, every)
    page.keyboard.press("Alt+3")
    _hold(page, every)


@EVERY
def test_the_results_are_accessible_and_fit(visit: Open, ruleset: RuleSet, every: bool) -> None:
    page = visit()
    for answers in (safe(ruleset.vocabulary) | TWO_TARGETS, *RESULTS.values()):
        page.goto("/")
        page.set_viewport_size({"width": 1280, "height": 900})
        answer(page, answers)
        show_result(page)
        _hold(page, every)


@EVERY
def test_a_table_is_rated_with_what_each_referral_can_still_become_and_fits(visit: Open, every: bool) -> None:
    page = visit("/cohort")
    _hold(page, every)
    page.set_input_files("#table", {"name": "waiting-list.csv", "mimeType": "text/csv", "buffer": WAITING_LIST})
    page.get_by_label("Count by this column").fill("clinic")
    page.get_by_label("Say also what each incomplete referral can still become").check()
    page.get_by_role("button", name="Rate the file").click()
    expect(page.get_by_role("heading", name="Urgency that incomplete referrals can still become")).to_be_visible(
        timeout=60_000
    )
    _hold(page, every)


def test_everything_unfolded_fits(visit: Open, ruleset: RuleSet) -> None:
    page = visit()
    _unfold(page)
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"wider than {width}"
    answer(page, safe(ruleset.vocabulary) | TWO_TARGETS)
    show_result(page)
    _unfold(page)
    _hold(page)


def test_rules_are_found_as_one_types(visit: Open) -> None:
    page = visit("/rules")
    page.get_by_label("Words in the rule").press_sequentially("bulimia")
    expect(page.locator("#count")).not_to_have_text(re.compile("^[2-9][0-9][0-9] rules"))
    expect(page).to_have_url(re.compile("q=bulimia"))
    assert page.locator("#rules li:visible").count() == int(page.inner_text("#count").split()[0])
    page.keyboard.press("ArrowDown")
    expect(page.locator("#rules h2 a").first).to_be_focused()
    page.keyboard.press("/")
    expect(page.get_by_label("Words in the rule")).to_be_focused()


def test_a_rule_is_signed_in_the_page_by_keys_alone_and_withdrawn(visit: Open) -> None:
    page = visit("/rules/problems/perinatal")
    rule = page.locator("details.rule").first
    rule.get_by_text("Sign or object").focus()
    page.keyboard.press("Enter")
    for keys in ("Tab", "Space", "Tab", "Dr Clara Weiss", "Tab", "Read with its sources.", "Tab", "Enter"):
        page.keyboard.press(keys) if keys in ("Tab", "Space", "Enter") else page.keyboard.type(keys)
    expect(rule.locator(".requests")).to_contain_text("Asks for sign-off: Dr Clara Weiss")
    _hold(page)
    rule.get_by_text("Sign or object").click()
    rule.get_by_label("I object").check()
    rule.get_by_role("button", name="Send").click()  # the browser asks for what is missing, or the service does
    expect(page.locator("#errors")).to_contain_text("Write what you object to, so that the rule can be changed.")
    _hold(page)
    rule.get_by_role("button", name="Withdraw").click()
    expect(page.locator(".requests")).to_have_count(0)


def test_the_page_of_components_is_pictured_and_each_part_of_it_is_seen(visit: Open) -> None:
    page = visit("/components")
    pictures = []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        for looks in ({"color_scheme": "light"}, {"color_scheme": "dark"}, {"forced_colors": "active"}):
            page.emulate_media(**{"color_scheme": "light", "forced_colors": "none", **looks})  # type: ignore[arg-type]
            pictures.append(page.screenshot(full_page=True))
    assert len(set(pictures)) == 6
    parts = (
        *(".icon", ".urgency", ".scale", ".sure__bar", ".timeline", ".counts", ".q", ".opt", ".button", ".plain"),
        *(".notice", ".errors", ".q__error", ".tag", ".note", ".mono", ".fold", "table", ".requests", "pre"),
    )
    assert [part for part in parts if not page.locator(f"main {part}:visible").count()] == []


def test_what_is_folded_on_a_page_to_read_is_printed(visit: Open) -> None:
    page = visit("/rules/problems/depression")
    reason = page.locator(".rule__body").first.locator("p").first
    expect(reason).not_to_be_visible()
    page.emulate_media(media="print")
    expect(reason).to_be_visible()
    assert page.locator("form:visible").count() == 0
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_the_margins_are_equal_at_every_width(visit: Open) -> None:
    page = visit()
    answer(page, {"age_years": "29"})
    for _ in range(2):
        for width in range(320, 1401, 60):
            page.set_viewport_size({"width": width, "height": 700})
            for part in (".top__name", ".top nav", "main > :is(.strip, .card)", ".foot p"):
                box = page.locator(part).first.bounding_box()
                assert box is not None
                assert box["x"] >= 11, (part, width)
                assert box["x"] + box["width"] <= width - 11, (part, width)
            strip = page.locator("main > :is(.strip, .card)").first.bounding_box()
            assert strip is not None
            assert abs(strip["x"] - (width - strip["x"] - strip["width"])) < 2, width
        if page.locator("#assessment").count():
            page.set_viewport_size({"width": 1280, "height": 900})
            show_result(page)


def test_what_is_printed_keeps_its_margins_and_is_legible(visit: Open) -> None:
    page = visit()
    page.emulate_media(color_scheme="dark")
    answer(page, {"untreated_overdose_or_injury": "yes"})
    expect(page.locator("#band")).to_be_visible()
    page.set_viewport_size({"width": 700, "height": 1000})  # an A4 page between its margins
    for _ in range(2):
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
        assert page.evaluate(_PRINTED) == []
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        page.emulate_media(media="screen")
        if page.locator("#assessment").count():
            show_result(page)


_PRINTED = """[...document.querySelectorAll(".band, .band *, .urgency, .urgency *, h1, .strip__level")].filter(each => {
  const style = getComputedStyle(each);
  return each.checkVisibility() && each.textContent.trim() && (style.color !== "rgb(0, 0, 0)"
    || !["rgb(255, 255, 255)", "rgba(0, 0, 0, 0)"].includes(style.backgroundColor));
}).map(each => each.outerHTML.slice(0, 80))"""
"""What is not printed in black on white: a browser leaves out colours of the background."""


ENLARGED = 32
"""Pixels of the letters of a browser that shows them twice as large, with the page no larger."""


_OVERLAPPING = """[...document.querySelectorAll(".scale__words li, .worklist td")]
  .filter(each => each.scrollWidth > each.clientWidth + 1).length"""


def test_letters_twice_as_large_and_400_percent_fit(visit: Open) -> None:
    """At 400 % a window of 1280 by 900 pixels has room for 320 by 225."""
    page = visit()
    answer(page, {"age_years": "29", "reference": "LARGE"})
    for path in ("", "/worklist", "/dashboard"):
        if path:
            page.goto(path)
        else:
            show_result(page)
        page.set_viewport_size({"width": 1280, "height": 900})
        page.context.new_cdp_session(page).send(
            "Page.setFontSizes", {"fontSizes": {"standard": ENLARGED, "fixed": ENLARGED}}
        )
        assert page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)") == pytest.approx(29, abs=0.1)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        overlapping = page.eval_on_selector_all(
            ".scale__words li, .worklist td",
            "all => all.filter(part => part.scrollWidth > part.clientWidth + 1).length",
        )
        assert overlapping == 0, path
        page.context.new_cdp_session(page).send("Page.setFontSizes", {"fontSizes": {"standard": 16, "fixed": 13}})
    page.goto("/?mode=telephone")
    page.set_viewport_size({"width": 320, "height": 225})
    page.keyboard.press("1")
    expect(page.locator("#q-suicide_warning_signs")).to_be_in_viewport()
    page.keyboard.press("Alt+e")
    page.keyboard.press("2")
    expect(page.locator("#q-untreated_overdose_or_injury")).to_be_in_viewport()
    page.keyboard.press("2")
    expect(page.locator("#band .urgency__first")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_finger_finds_room(visit: Open) -> None:
    page = visit(touch=True, width=375)
    small = page.eval_on_selector_all(
        ".opt, .button, .modes button, summary, .text, .number",
        """all => all.filter(each => each.checkVisibility() && each.getBoundingClientRect().height < 43.5)
        .map(each => each.outerHTML)""",
    )
    assert small == []


def _send(address: str, body: bytes) -> tuple[int, str, str]:
    request = urllib.request.Request(f"{address}/assess", data=body)
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, response.headers["Content-Type"], response.read().decode()
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code, refused.headers["Content-Type"], refused.read().decode()


BAD = {
    "letters": b"age_years=abc",
    "above the range": b"age_years=121",
    "below the range": b"age_years=-1",
    "half a year": b"age_years=2.5",
    "emoji": b"age_years=%F0%9F%98%80",
    "not UTF-8": b"age_years=%ff%fe",
    "a control character": b"age_years=%00",
    "two answers": b"insured=yes&insured=no",
    "none of these and not known": b"disputes=none_of_these&disputes=unknown",
    "an answer that is none": b"insured=perhaps",
    "a contradiction": b"phq9_total=1&phq9_item9=3",
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_bad_input_comes_back_named_as_a_page(address: str, body: bytes) -> None:
    status, kind, text = _send(address, body + b"&reference=KEPT-1")
    assert (status, kind.split(";")[0]) == (422, "text/html")
    assert 'id="errors"' in text
    assert "KEPT-1" in text


@pytest.mark.parametrize("body", BAD.values(), ids=BAD)
def test_no_error_hides_an_emergency(address: str, body: bytes) -> None:
    """Without a script too: the page is as the service sends it."""
    _, _, text = _send(address, body + b"&untreated_overdose_or_injury=yes")
    band = text.index('<section class="band" id="band" aria-labelledby="band-title">')  # and not hidden
    assert band < text.index("Urgency: Emergency") < text.index('id="errors"')
    assert "data-emergency" in text[: text.index("<header")]


def test_white_space_around_a_number_is_no_mistake(address: str) -> None:
    status, _, text = _send(address, urllib.parse.urlencode({"age_years": " 29 \t\r\n"}).encode())
    assert status == 200
    assert 'id="errors"' not in text


def test_a_field_of_a_megabyte_is_named_and_the_rest_kept(address: str) -> None:
    status, kind, text = _send(address, b"reference=KEPT-1&age_years=" + b"9" * 1_000_000)
    assert (status, kind.split(";")[0]) in ((413, "text/html"), (422, "text/html"))
    assert 'id="errors"' in text
    assert "KEPT-1" in text


def test_a_name_that_is_no_question_is_refused(address: str) -> None:
    status, _, text = _send(address, b"age_year=29")
    assert status == 422
    assert "age_year" in text


def test_too_many_fields_are_never_taken_for_a_blank_form(address: str) -> None:
    body = "&".join(f"x{number}=1" for number in range(3_000)).encode()
    assert _send(address, body + b"&suicidal_thoughts=plan_or_intent")[0] != 200


def test_the_first_page_is_small(address: str) -> None:
    total = 0
    scripts = ("form", "questions", "draft", "panel", "modes", "letter", "finder", "keys")
    for path in ("/", "/static/built/pages.css", *(f"/static/{script}.js" for script in scripts)):
        request = urllib.request.Request(address + path, headers={"Accept-Encoding": "gzip"})
        with urllib.request.urlopen(request) as response:
            body = response.read()
            if response.headers["Content-Encoding"] == "gzip":
                assert gzip.decompress(body)
            total += len(body)
    assert total < LARGEST_FIRST_PAGE
