"""Take pictures of the main states of the pages: wide and narrow, light and dark, forced colours, print, enlarged.

`make pictures` runs it; `python tools/pictures.py FOLDER STATE…` takes those of some states.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from bench.pages import fill  # noqa: E402  the path is set above
from tests.browser.conftest import FOLDERS, served, sign_in  # noqa: E402
from tests.browser.measured import ANSWERS, LETTER  # noqa: E402
from tests.browser.steps import answer, show_result  # noqa: E402
from tests.browser.test_pages import WAITING_LIST  # noqa: E402

SETTLE = 700
"""Milliseconds for the service to answer what was entered last."""
RECORDS = 60
"""How many records of a clinic stand in the worklist and the dashboard."""
LARGE_TEXT = "document.documentElement.style.fontSize = '200%'; document.body.style.fontSize = '29px'"
SAFE_TWO = {"age_years": "29", "primary_problem": "eating", "bulimia_nervosa": "current", "major_depression": "current"}
URGENT = {"age_years": "41", "recent_psychiatric_discharge": "yes", "major_depression": "current"}
VERY_URGENT = {"age_years": "41", "medical_red_flags": "insulin_omitted"}
EMERGENCY = {"untreated_overdose_or_injury": "yes"}


def _form(page: Page) -> None:
    page.goto("/")


def _answered(page: Page) -> None:
    page.goto("/")
    answer(page, ANSWERS)
    page.evaluate("scrollTo(0, 0)")


def _letter(page: Page) -> None:
    page.goto("/?mode=letter")
    page.locator("#letter-text").fill(LETTER)
    page.locator("#letter-text").blur()


def _telephone(page: Page) -> None:
    page.goto("/?mode=telephone")
    page.keyboard.press("1")


def _emergency(page: Page) -> None:
    page.goto("/")
    answer(page, EMERGENCY)


def _keys(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("Alt+e")


def _result(page: Page) -> None:
    page.goto("/")
    answer(page, ANSWERS | {"reference": "REF-0142"})
    show_result(page)


def _all_safe(page: Page) -> None:
    page.goto("/")
    radios = "all => all.forEach(q => { if (q.hasAttribute('data-core')) q.querySelector('.opt input').click(); })"
    page.eval_on_selector_all(".group > .rows > .q", radios)


def _rated(page: Page) -> None:
    _all_safe(page)
    answer(page, SAFE_TWO)
    show_result(page)
    page.eval_on_selector_all(".folded > details", "all => all.forEach(each => { each.open = true; })")


def _limited(page: Page) -> None:
    _all_safe(page)
    answer(page, {"age_years": "29", "psychotic_symptoms": "known_and_supported", "psychotic_disorder": "current"})
    show_result(page)


def _with(answers: Mapping[str, str]) -> Callable[[Page], None]:
    def reach(page: Page) -> None:
        page.goto("/")
        answer(page, {"reference": "REF-0143", **answers})
        show_result(page)

    return reach


def _not_saved(page: Page) -> None:
    page.context.clear_cookies()
    _result(page)


def _rules(page: Page) -> None:
    page.goto("/rules?q=bulimia")


def _problem(page: Page) -> None:
    page.goto("/rules/problems/bipolar?fold=no")
    page.locator("details.sign-off").first.evaluate("each => { each.open = true; }")


def _read(address: str) -> Callable[[Page], None]:
    """A page to read, with its second fold open."""

    def reach(page: Page) -> None:
        page.goto(address)
        page.eval_on_selector_all(".reading > details", "all => { if (all[1]) all[1].open = true; }")

    return reach


def _proofs(page: Page) -> None:
    page.goto("/proofs")
    while page.get_by_text("Being proved.").count():
        page.wait_for_timeout(1_000)
        page.reload()
    _read("/proofs")(page)


def _components(page: Page) -> None:
    page.goto("/components")


def _errors(page: Page) -> None:
    page.goto("/")
    answer(page, EMERGENCY | {"age_years": "abc"})
    show_result(page)


def _cohort(page: Page) -> None:
    page.goto("/cohort")


def _cohort_result(page: Page) -> None:
    page.goto("/cohort")
    page.set_input_files("#table", {"name": "waiting-list.csv", "mimeType": "text/csv", "buffer": WAITING_LIST})
    page.locator("#by").fill("clinic")
    page.locator("[name=ranges]").check()
    page.get_by_role("button", name="Rate the file").click()
    page.get_by_role("heading", name="Urgency so far by clinic").wait_for()


def _worklist(page: Page) -> None:
    page.goto("/worklist")


def _dashboard(page: Page) -> None:
    page.goto("/dashboard")


def _record(page: Page) -> None:
    page.goto("/worklist")
    page.locator("#worklist tbody a").first.click()


def _sign_in(page: Page) -> None:
    page.goto("/sign-in")


STATES: dict[str, Callable[[Page], None]] = {
    "form": _form,
    "answered": _answered,
    "letter": _letter,
    "telephone": _telephone,
    "emergency": _emergency,
    "emergency-questions": _keys,
    "result": _result,
    "rated": _rated,
    "limited": _limited,
    "urgent": _with(URGENT),
    "very-urgent": _with(VERY_URGENT),
    "on-hold": _with(EMERGENCY),
    "not-saved": _not_saved,
    "errors": _errors,
    "rules": _rules,
    "problem": _problem,
    "rule": _read("/rules/depression-adult"),
    "proofs": _proofs,
    "safety": _read("/safety"),
    "about": _read("/about"),
    "claims": _read("/rules/claims"),
    "sources": _read("/rules/sources"),
    "questionnaires": _read("/rules/questionnaires"),
    "components": _components,
    "worklist": _worklist,
    "record": _record,
    "dashboard": _dashboard,
    "cohort": _cohort,
    "cohort-result": _cohort_result,
    "sign-in": _sign_in,
}


LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light"},
    "dark": {"color_scheme": "dark"},
    "forced": {"forced_colors": "active"},
    "print": {"media": "print"},
}
PLAIN: dict[str, Any] = {"color_scheme": "light", "forced_colors": "none", "media": "screen"}
TAKEN = ((1280, ("light", "dark", "forced", "print")), (320, ("light", "dark")))
WHOLE = ("cohort-result", "result", "rated", "components", "dashboard", "record", "on-hold")
"""The states that are taken as long as they are."""


def main(folder: Path, wanted: Sequence[str] = ()) -> None:
    """Take every picture, or those of some states, into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    with served() as address:
        fill(FOLDERS[address], RECORDS)
        _take_all(address, folder, wanted or tuple(STATES))
    print(f"{len(list(folder.iterdir()))} pictures in {folder}")


def _take_all(address: str, folder: Path, names: Sequence[str]) -> None:
    """Take the pictures of these states."""
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=arguments)
        cookie, value = sign_in(address)
        for name in names:
            context = browser.new_context(base_url=address, viewport={"width": 1280, "height": 900})
            context.add_cookies([{"name": cookie, "value": value, "url": address}])
            page = context.new_page()
            STATES[name](page)
            page.wait_for_timeout(SETTLE)
            _take(page, folder, name)
            context.close()
        browser.close()


def _take(page: Page, folder: Path, name: str) -> None:
    """Take one state at each width in each look, and with letters twice as large."""
    for width, looks in TAKEN:
        page.set_viewport_size({"width": width, "height": 900})
        for look in looks:
            page.emulate_media(**(PLAIN | LOOKS[look]))
            whole = name in WHOLE or look == "print"
            page.screenshot(path=folder / f"{name}-{width}-{look}.png", full_page=whole)
    page.emulate_media(**PLAIN)
    page.set_viewport_size({"width": 1280, "height": 900})
    page.evaluate(LARGE_TEXT)
    page.screenshot(path=folder / f"{name}-1280-large.png")


if __name__ == "__main__":
    to = Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TMPDIR", "/tmp")) / "pictures"  # noqa: S108
    main(to, sys.argv[2:])
