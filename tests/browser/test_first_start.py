"""From `make serve` to the first stored referral: one command, and one click on the address that it prints."""

from __future__ import annotations

import re

from playwright.sync_api import Browser, expect

from api.people.commands import link_for_this_machine
from tests.browser.conftest import FOLDERS, served
from triage.settings import Settings

MOST_TABS = 25


def test_one_click_and_some_keys_store_the_first_referral(browser: Browser) -> None:
    with served() as address:
        settings = Settings(database_url=FOLDERS[address])
        page = browser.new_context().new_page()
        page.goto(f"{address}/sign-in/link/{link_for_this_machine(settings)}")  # the one click
        expect(page).to_have_url(f"{address}/")
        for _ in range(MOST_TABS):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.id") == "reference":
                break
        page.keyboard.type("REF-1")
        page.keyboard.press("Enter")
        page.keyboard.press("1")
        page.keyboard.press("Control+Enter")
        expect(page).to_have_url(re.compile(r"/assessments/[0-9a-f-]{36}$"))
        page.goto(f"{address}/worklist")
        expect(page.get_by_role("link", name="REF-1")).to_be_visible()
        page.goto(f"{address}/sign-in/link/{link_for_this_machine(settings)}")
        expect(page).to_have_url(f"{address}/worklist")
        page.context.close()
