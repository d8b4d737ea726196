import shutil
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from cryptotrader.tests.journeys.site import Site

# The first is the same browser without its window, which halves what the journeys take.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
PASSWORD = "correct horse battery"
DESKTOP = {"width": 1440, "height": 900}

Visit = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One platform serves all journeys: with xdist they stay on one worker (`--dist loadgroup`)."""
    for item in items:
        if item.path.parent.name == "journeys":
            item.add_marker(pytest.mark.xdist_group("journeys"))
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason="Chromium isn't installed: apt-get install chromium"))


@pytest.fixture(scope="session")
def site() -> Iterator[Site]:
    """Not in pytest's own directory: each new session of pytest shuts that one to the user PostgreSQL runs as."""
    with TemporaryDirectory(prefix="site-", ignore_cleanup_errors=True) as home:
        running = Site(Path(home))
        yield running
        running.stop()


# Not for the session: while Playwright runs, Django takes this thread for an asynchronous one.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=10_000)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, site: Site) -> Iterator[Visit]:
    """Open a page in a fresh browser profile; whatever its console complains of fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(path: str = "/", *, locale: str = "en-GB", **options: Any) -> Page:
        defaults = {"base_url": site.address, "viewport": DESKTOP}
        context = browser.new_context(locale=locale, **defaults | options)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


@pytest.fixture
def sign_up(visit: Visit, site: Site) -> Visit:
    """A newcomer on the trade page, who has followed the link in the mail; with 10,000 USDT of demo money."""

    def newcomer(**options: Any) -> Page:
        email = f"{uuid.uuid4().hex}@example.com"
        page = visit("/accounts/signup/", **options)
        page.fill("[name=email]", email)
        page.fill("[name=password1]", PASSWORD)
        page.click("main button[type=submit]")
        expect(page.locator("code")).to_have_text(str(site.home / "mail"))
        page.goto(site.link_mailed_to(email))
        page.click("main button[type=submit]")
        expect(page.locator("[data-wallet-available]").first).to_have_text("10,000.00")
        expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "false")
        return page

    return newcomer
