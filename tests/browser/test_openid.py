"""Signing in by an OpenID provider in a browser, which holds the pages to their own policy."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # has no types
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import served
from tests.people.provider import OpenIDProvider, person, running_provider

BUTTON = "Sign in with Riverside Login"
BOTH = pytest.mark.parametrize("js", [True, False], ids=["with JavaScript", "without JavaScript"])


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIDProvider]:
    with running_provider() as provider:
        yield provider


@pytest.fixture(scope="module")
def openid_address(provider: OpenIDProvider) -> Iterator[str]:
    with served(**provider.environment) as address:
        yield address


@pytest.fixture
def page(browser: Browser, openid_address: str, js: bool) -> Iterator[Page]:
    faults: list[str] = []
    context = browser.new_context(
        base_url=openid_address, java_script_enabled=js, viewport={"width": 320, "height": 900}
    )
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.on("console", lambda message: faults.append(message.text) if message.type in ("error", "warning") else None)
    yield page
    context.close()
    assert [line for line in faults if "status of 403" not in line] == [], "a refused sign-in is answered with 403"


@BOTH
def test_a_person_signs_in_by_the_button_and_out_of_both(
    page: Page, provider: OpenIDProvider, openid_address: str, js: bool
) -> None:
    provider.person = person("clara", "ipt-desk")
    page.goto("/worklist")
    page.goto("/sign-in?next=/dashboard")
    page.get_by_role("link", name=BUTTON).click()
    expect(page).to_have_url(f"{openid_address}/dashboard")
    expect(page.locator("form.who")).to_contain_text("clara")
    before = len(provider.asked)
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(f"{openid_address}/sign-in")
    assert "GET /end" in provider.asked[before:]
    page.goto("/dashboard")
    expect(page.get_by_role("heading", level=1)).not_to_have_text("Dashboard")


@BOTH
def test_a_person_without_a_role_reads_why(page: Page, provider: OpenIDProvider, js: bool) -> None:
    provider.person = person("clara")
    page.goto("/sign-in")
    page.get_by_role("link", name=BUTTON).click()
    expect(page.get_by_role("alert")).to_contain_text("Riverside Login gives you no role in this service")
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth") if js else True


@pytest.mark.parametrize("js", [True])
def test_the_sign_in_page_can_be_used_by_all(page: Page, js: bool) -> None:
    page.goto("/sign-in")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert Axe().run(page).response["violations"] == []
