"""Take pictures of the main states of the pages: wide and narrow, light and dark. `make pictures` runs it."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.browser.conftest import served, sign_in  # noqa: E402  the path is set above
from tests.browser.measured import ANSWERS, LETTER  # noqa: E402
from tests.browser.steps import answer, show_result  # noqa: E402

WIDTHS = (1280, 320)
SETTLE = 700
"""Milliseconds for the service to answer what was entered last."""
SAFE_TWO = {"age_years": "29", "primary_problem": "eating", "bulimia_nervosa": "current", "major_depression": "current"}
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


def _rated(page: Page) -> None:
    page.goto("/")
    radios = "all => all.forEach(q => { if (q.hasAttribute('data-core')) q.querySelector('.opt input').click(); })"
    page.eval_on_selector_all(".group > .rows > .q", radios)
    answer(page, SAFE_TWO)
    show_result(page)
    page.eval_on_selector_all(".folded > details", "all => all.forEach(each => { each.open = true; })")


def _hold(page: Page) -> None:
    page.goto("/")
    answer(page, EMERGENCY | {"reference": "REF-0143"})
    show_result(page)


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
    "on-hold": _hold,
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
    "sign-in": _sign_in,
}


SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")


def main(folder: Path) -> None:
    """Take every picture into the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium")
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with served() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=arguments)
        cookie, value = sign_in(address)
        for name, reach in STATES.items():
            context = browser.new_context(base_url=address, viewport={"width": WIDTHS[0], "height": 900})
            context.add_cookies([{"name": cookie, "value": value, "url": address}])
            page = context.new_page()
            reach(page)
            for width in WIDTHS:
                page.set_viewport_size({"width": width, "height": 900})
                for scheme in SCHEMES:
                    page.emulate_media(color_scheme=scheme)
                    page.wait_for_timeout(SETTLE)
                    page.screenshot(
                        path=folder / f"{name}-{width}-{scheme}.png",
                        full_page=name in ("result", "rated", "components"),
                    )
            context.close()
        browser.close()
    print(f"{len(STATES) * len(WIDTHS) * 2} pictures in {folder}")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else os.environ.get("TMPDIR", "/tmp")) / "pictures")  # noqa: S108
