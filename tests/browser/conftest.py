"""A served application and a real Chromium; every page is held to a clean console and to no request elsewhere."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api.actor import Role
from api.people.commands import desk, link_for_this_machine
from triage.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60
# A refused form is answered with 422, and one that somebody else changed meanwhile with 409, which Chromium reports as
# failed loads: that is meant.
# A service that does not answer is played with 503.
MEANT = ("status of 422", "status of 409", "status of 503")
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """The address of the service."""
    with served() as at:
        yield at


@pytest.fixture(scope="session")
def session(address: str) -> Cookie:
    """The cookie of a session on this machine."""
    return sign_in(address)


Cookie = tuple[str, str]
FOLDERS: dict[str, str] = {}
"""The database of each service, by its address."""


def sign_in(address: str, login: str = "", role: Role = "coordinator") -> Cookie:
    """Sign in by a link, as whoever started the service does, or with a login of an account that is made for it."""
    settings = Settings(database_url=FOLDERS[address])
    token = _link(settings, login, role) if login else link_for_this_machine(settings)
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        opener.open(f"{address}/sign-in/link/{token}")
    except urllib.error.HTTPError as redirect:
        name, _, value = redirect.headers["Set-Cookie"].partition(";")[0].partition("=")
        return name, value
    raise AssertionError("the link signed nobody in")


def _link(settings: Settings, login: str, role: Role) -> str:
    with desk(settings) as open_desk:
        open_desk.add(login, role, None)
        return open_desk.link(login)


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: object) -> None:
        return None


@contextmanager
def served(**settings: str) -> Iterator[str]:
    """The address of a service with these variables set, in a process of its own on a free port."""
    if not (ROOT / "api/pages/static/built/ready").exists():
        pytest.fail("The styles are not built: run `make setup`.")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "uvicorn", "--factory", "api.app:create_app", "--port", str(port)]
    with TemporaryDirectory() as folder:
        FOLDERS[f"http://127.0.0.1:{port}"] = database = f"sqlite:///{folder}/records.sqlite"
        environment = {**os.environ, **settings, "TRIAGE_DATABASE_URL": database}
        yield from _running([*command, "--log-level", "warning"], environment, f"http://127.0.0.1:{port}")


def _running(command: list[str], environment: dict[str, str], address: str) -> Iterator[str]:
    with subprocess.Popen(command, cwd=ROOT, env=environment) as service:
        try:
            _wait(address, service)
            yield address
        finally:
            service.terminate()


def _wait(address: str, service: subprocess.Popen[bytes]) -> None:
    for _ in range(START_SECONDS * 10):
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=1):
                return
        except OSError:
            if service.poll() is not None:
                break
            time.sleep(0.1)
    pytest.fail("The service did not start.")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Debian's Chromium. Its absence fails the tests: they never skip silently."""
    chromium = shutil.which("chromium")
    if chromium is None:
        pytest.fail("Chromium is missing: run `bash tests/browser/need-chromium.sh`.")
    as_root = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=as_root)
        yield launched
        launched.close()


@pytest.fixture
def visit(browser: Browser, address: str, session: Cookie) -> Iterator[Open]:
    """Open a page in a fresh browser profile, or in that of the page given as ``beside``."""
    contexts = []
    faults: list[str] = []

    def note(text: str) -> None:
        if not any(meant in text for meant in MEANT):
            faults.append(text)

    def open_(
        path: str = "/",
        *,
        js: bool = True,
        width: int = 1280,
        beside: Page | None = None,
        touch: bool = False,
        signed_in: bool = True,
    ) -> Page:
        if beside is None:
            context = browser.new_context(
                base_url=address,
                java_script_enabled=js,
                viewport={"width": width, "height": 900},
                has_touch=touch,
                is_mobile=touch,
            )
            context.set_default_timeout(10_000)
            if signed_in:
                name, value = session
                context.add_cookies([{"name": name, "value": value, "url": address}])
            contexts.append(context)
        else:
            context = beside.context
        page = context.new_page()
        page.on("console", lambda message: note(message.text) if message.type in ("error", "warning") else None)
        page.on("pageerror", lambda error: note(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(address) else note(f"request to {sent.url}"))
        page.goto(path)
        return page

    yield open_
    for context in contexts:
        context.close()
    assert not faults
