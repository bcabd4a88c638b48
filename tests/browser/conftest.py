"""A real Chromium before a live server, a real database and the sandbox's bank."""

import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth import get_user_model
from django.utils import timezone
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright, sync_playwright

from businesses.operations import add_member
from tests.sandbox_server import fresh_sandbox, sandbox

__all__ = ["fresh_sandbox", "sandbox"]

PASSWORD = "long-password-1"
_ROOT = Path(__file__).resolve().parents[2]
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
_WAIT_MS = 10_000


def _chromium(player: Playwright) -> str | None:
    """Return the path of a Chromium: told, found by the set-up, on the machine, Playwright's."""
    noted = _ROOT / "var" / "chromium"
    told = (
        os.environ.get("CHROMIUM", ""),
        os.environ.get("VAFA_CHROMIUM", ""),
        noted.read_text().strip() if noted.exists() else "",
        *_NAMES,
        player.chromium.executable_path,
    )
    return next(filter(None, (shutil.which(name) for name in told if name)), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Return a running Chromium; without one skip loudly, or fail where it is demanded."""
    with sync_playwright() as player:
        path = _chromium(player)
        if path is None:
            sentence = "NO CHROMIUM: the browser tests did not run (set CHROMIUM to one's path)"
            if os.environ.get("CI") == "true" or os.environ.get("VAFA_REQUIRE_BROWSER") == "1":
                pytest.fail(sentence)
            sys.stderr.write(f"\n{sentence}\n")
            pytest.skip(sentence)
        # Playwright's loop runs in the thread of the tests; the ORM there is as safe as before.
        os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
        browser = player.chromium.launch(executable_path=path, args=list(_FLAGS))
        yield browser
        browser.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture
def site(browser, committed, live_server, fresh_sandbox, settings) -> str:
    """Return the address of the live product, its test gateways leading to the sandbox."""
    settings.SANDBOX_URL = settings.SMS_BASE_URL = fresh_sandbox.base_url
    settings.BASE_URL = live_server.url
    return str(live_server.url)


@pytest.fixture
def tab(browser: Browser, site: str) -> Iterator[Page]:
    """Return a fresh Persian window; what its console complains of fails the test."""
    complaints: list[str] = []
    context: BrowserContext = browser.new_context(base_url=site, locale="fa-IR")
    context.set_default_timeout(_WAIT_MS)
    page = context.new_page()
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("console", lambda line: complaints.append(line.text) if _is_ours(line.text) else None)
    yield page
    try:
        context.close()
    except Error as error:
        complaints.append(str(error))
    assert complaints == []


def _is_ours(text: str) -> bool:
    return "Content Security Policy" in text or "Uncaught" in text


@pytest.fixture
def sign_in(tab: Page, business):
    """Return a function that signs somebody with a role in through the page."""

    def enter(role: str = "owner", of=business) -> None:
        login = f"{role}-{of.slug}@example.com"
        user = get_user_model().objects.create_user(login, PASSWORD, name="سارا")
        add_member(business_id=of.id, user=user, role=role, now=timezone.now())
        tab.goto("/accounts/login/")
        tab.fill("[name=login]", login)
        tab.fill("[name=password]", PASSWORD)
        tab.click("main button[type=submit]")
        tab.wait_for_url("**/b/**")

    return enter
