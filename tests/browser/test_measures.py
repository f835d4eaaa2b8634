"""The pages measured by one letter: keys, words and questions, printed as a table beside what they were and may be.

A key is one press; a number is typed and each of its digits counts; selecting words of the letter counts two. A pause
after a key that asks the service is no key. Seconds are those of the pages and of the machine that presses the keys
without a pause, and are held to nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.measured import ANSWERS, LETTER, QUOTE
from tests.browser.steps import entered

SELECTED = 2
"""Keys that selecting words of the letter counts."""
REFERRER = "2"
NEAR = 5
"""Questions that are gone to by J or K; one farther away is found by typing its name."""
Record = Callable[[str, object], None]
MEASURES: dict[str, tuple[int | None, int | None]] = {
    "questions visible at the start": (73, 25),
    "words on the empty form": (3646, 900),
    "keys, letter to copied rationale": (189, 60),
    "seconds, letter to copied rationale": (None, None),
    "keys, the same answers on the telephone to copied rationale": (None, None),
    "seconds, the same on the telephone": (None, None),
    "keys, the same answers in the form to copied rationale": (189, None),
    "seconds, the same in the form": (None, None),
    "keys, the safety questions all with their first value": (72, 24),
    "keys from the last field to the emergency questions": (55, 2),
    "words beside the action on the first screen": (3216, 60),
    "words of the action": (143, 90),
    "words of its first line": (None, 10),
    "words of the deciding reasons, unfolded": (3216, 300),
    "words of the short rationale": (1012, 120),
    "words of the full rationale": (1012, None),
    "pages of the print": (12, 1),
}


class Keys:
    """Presses keys and counts them."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.pressed = 0
        self._began = perf_counter()

    def seconds(self) -> float:
        """The seconds since the first key could be pressed."""
        return round(perf_counter() - self._began, 1)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)
            self.pressed += 1


def _words(text: str) -> int:
    return len(text.split())


def _asked(page: Page) -> str:
    """The question that is asked now."""
    name: str = page.evaluate("document.querySelector('.q.current')?.dataset.name ?? ''")
    return name


def _key_of(page: Page, name: str, value: str) -> str:
    key: str = page.get_attribute(f".opt:has(input[name={name}][value={value}])", "data-key") or ""
    return key


def _answer(keys: Keys, name: str) -> None:
    """Answer the question that is asked, by its keys."""
    value = ANSWERS[name]
    if value.isdigit():
        keys.press(*value, "Enter")
        return
    kind = keys.page.get_attribute(f"#q-{name}", "data-type")
    if name == "suicidal_thoughts":
        if keys.page.locator("#letter-read").is_visible():
            _quote(keys)
        keys.press("w", REFERRER)
    keys.press(_key_of(keys.page, name, value))
    if kind == "set":
        keys.press("Enter")


def _quote(keys: Keys) -> None:
    """Select the words in the letter, as the mouse does, and make them the quote."""
    keys.page.evaluate(
        """words => {
          const read = document.getElementById("letter-read");
          const walker = document.createTreeWalker(read, NodeFilter.SHOW_TEXT);
          const nodes = [];
          let text = "";
          while (walker.nextNode()) {
            nodes.push([walker.currentNode, text.length]);
            text += walker.currentNode.data;
          }
          const at = (place) => {
            const [node, from] = nodes.findLast(([, start]) => start <= place);
            return [node, place - from];
          };
          const range = document.createRange();
          range.setStart(...at(text.indexOf(words)));
          range.setEnd(...at(text.indexOf(words) + words.length));
          getSelection().removeAllRanges();
          getSelection().addRange(range);
        }""",
        QUOTE,
    )
    keys.pressed += SELECTED
    keys.press("q")


def test_a_letter_becomes_a_copied_rationale(visit: Open, record_property: Record) -> None:
    measured: dict[str, float] = {}
    page = visit()
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    measured["questions visible at the start"] = page.locator(".q:visible").count()
    measured["words on the empty form"] = _words(page.inner_text("body"))
    page.evaluate("text => navigator.clipboard.writeText(text)", LETTER)
    keys = Keys(page)
    keys.press("Alt+2", "Control+v")
    expect(page.locator("#letter-read")).to_be_visible()
    left = dict(ANSWERS)
    for _ in range(60):
        name = _asked(page)
        if name in left:
            _answer(keys, name)
            del left[name]
        elif left:
            keys.press("n")
        if not left:
            break
    assert not left
    for name, value in ANSWERS.items():
        assert value in (*entered(page, name), page.locator(f"input[name={name}]").first.input_value()), name
    expect(page.locator("#q-suicidal_thoughts .q__said")).to_have_text(f"“{QUOTE}” The referrer, who asked the person")
    keys.press("Control+Enter")
    page.wait_for_url("**/assessments/*")
    keys.press("c")
    expect(page.locator("[data-copy=rationale]")).to_contain_text("Copied")
    measured["keys, letter to copied rationale"] = keys.pressed
    measured["seconds, letter to copied rationale"] = keys.seconds()
    copied = page.evaluate("navigator.clipboard.readText()")
    measured["words of the short rationale"] = _words(copied)
    measured["words of the full rationale"] = _words(page.locator("#rationale-full").text_content() or "")
    measured["words beside the action on the first screen"] = _words(page.inner_text("#beside"))
    measured["words of the action"] = _words(page.inner_text("#action")) - _words(page.inner_text("#urgency-title"))
    measured["words of its first line"] = _words(page.inner_text("#action .urgency__first"))
    measured["words of the deciding reasons, unfolded"] = _words(page.inner_text("#why"))
    assert QUOTE in page.inner_text("#why")
    assert page.locator("#card").bounding_box()["height"] < 900  # type: ignore[index]  # it is there
    page.emulate_media(media="print")
    measured["pages of the print"] = page.pdf(format="A4").count(b"/Type /Page\n")
    _hold(measured, record_property)


def _find(keys: Keys, name: str) -> None:
    """Go to a question: by J or K where it is near, else by typing its name until it stands first."""
    names = keys.page.eval_on_selector_all(".q", "all => all.filter(q => q.checkVisibility()).map(q => q.dataset.name)")
    asked = _asked(keys.page)
    steps = names.index(name) - names.index(asked) if {name, asked} <= set(names) else NEAR + 1
    if abs(steps) <= NEAR:
        keys.press(*(["j"] * steps + ["k"] * -steps))
        return
    keys.press("/")
    for letter in (keys.page.text_content(f"#q-{name} .q__title") or "").lower():
        keys.press("Space" if letter == " " else letter)
        if keys.page.get_attribute("#found > :first-child", "data-name") == name:
            break
    keys.press("Enter")
    assert _asked(keys.page) == name


def _to_copied_rationale(page: Page, mode: str) -> tuple[int, float]:
    """Enter the letter's answers in one mode by keys alone, and copy the rationale: keys and seconds."""
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    keys = Keys(page)
    keys.press(mode)
    left = dict(ANSWERS)
    while left:
        name = _asked(page)
        if name not in left:
            name = next(iter(left))
            _find(keys, name)
        _answer(keys, name)
        del left[name]
    for name, value in ANSWERS.items():
        assert value in (*entered(page, name), page.locator(f"input[name={name}]").first.input_value()), name
    keys.press("Control+Enter")
    page.wait_for_url("**/assessments/*")
    keys.press("c")
    expect(page.locator("[data-copy=rationale]")).to_contain_text("Copied")
    return keys.pressed, keys.seconds()


def test_the_same_answers_by_telephone_and_in_the_form(visit: Open, record_property: Record) -> None:
    for mode, where in (("Alt+3", "on the telephone"), ("Alt+1", "in the form")):
        pressed, seconds = _to_copied_rationale(visit(), mode)
        measured = {
            f"keys, the same answers {where} to copied rationale": pressed,
            f"seconds, the same {where}": seconds,
        }
        _hold(measured, record_property)


def test_the_safety_questions_by_telephone(visit: Open, record_property: Record) -> None:
    measured: dict[str, float] = {}
    page = visit()
    keys = Keys(page)
    keys.press("Alt+3")
    asked = []
    while (name := _asked(page)) != "primary_problem":
        asked.append(name)
        assert page.locator(".q:visible").count() == 1
        if name == "age_years":
            keys.press(*ANSWERS[name], "Enter")
        else:
            keys.press("1")
        assert len(asked) < 30
    assert len(asked) == 20  # the nineteen that are always core, and whether anyone is more worried
    assert page.locator(".q input:checked").count() == 19
    measured["keys, the safety questions all with their first value"] = keys.pressed
    _hold(measured, record_property)


def test_the_emergency_questions_from_the_last_field(visit: Open, record_property: Record) -> None:
    measured: dict[str, float] = {}
    page = visit()
    page.locator(".q:visible").last.locator("input").first.focus()
    keys = Keys(page)
    keys.press("Alt+e", "2")
    measured["keys from the last field to the emergency questions"] = keys.pressed
    assert _asked(page) == "untreated_overdose_or_injury"
    keys.press("2")
    expect(page.locator("#band")).to_be_visible()
    expect(page.locator("#band")).to_be_in_viewport()
    _hold(measured, record_property)


def _hold(measured: dict[str, float], record_property: Record) -> None:
    for name, number in measured.items():
        first, most = MEASURES[name]
        record_property("measure", (name, first, number, most))
        assert most is None or number <= most, f"{name}: {number}, at most {most}"
    if "words of the short rationale" in measured:
        assert measured["words of the short rationale"] >= 60
