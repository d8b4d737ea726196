import os
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from django.conf import settings as django_settings
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright
from pytest_django import DjangoDbBlocker

from accounts.domain.approvals.requests import Role
from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import running_environment
from cryptotrader.local.logins import APP
from cryptotrader.tests.journeys.newcomers import Newcomers
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.staff import open_cashier
from cryptotrader.tests.support.homes import furnish

# The first is the same browser without its window, which halves the time of the journeys.
CHROMIUM = next(filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None)
ARGUMENTS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
DESKTOP = {"width": 1440, "height": 900}
# A click may open a page and the next one act in it before its scripts have run, as few people can. Playwright waits to
# click until an element takes the pointer: here, until its page has loaded.
WAIT_FOR_SCRIPTS = """
    const closed = new MutationObserver(() => {
        if (!document.documentElement) return;
        closed.disconnect();
        document.documentElement.style.pointerEvents = "none";
        addEventListener("load", () => document.documentElement.style.removeProperty("pointer-events"));
    });
    closed.observe(document, { childList: true });
"""

Visit = Callable[..., Page]
Hire = Callable[..., Page]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("browser")
            if CHROMIUM is None:
                missing = "Chromium isn't installed: apt-get install chromium-headless-shell"
                item.add_marker(pytest.mark.skip(reason=missing))


# It ends with the journeys: the other tests of this process would share the machine with a whole platform.
@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """Not in pytest's own directory: each new session of pytest closes that to PostgreSQL's account."""
    with TemporaryDirectory(prefix="site-", ignore_cleanup_errors=True) as home:
        furnish(Path(home))
        running = Site(Path(home))
        yield running
        running.stop()


# Not for the session: while Playwright runs, Django takes this thread for an asynchronous one.
@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    expect.set_options(timeout=1000 * PATIENCE_SECONDS)
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield started
        started.close()


@pytest.fixture
def blank(browser: Browser, site: Site) -> Iterator[Visit]:
    """Opens a page in a fresh browser profile; any complaint in its console fails the test."""
    complaints: list[str] = []
    contexts: list[BrowserContext] = []

    def open_page(*, locale: str = "en-GB", **options: Any) -> Page:
        # A service worker fetches pages by itself, out of reach of `page.route`: test_app.py alone lets it work.
        defaults = {"base_url": site.address, "viewport": DESKTOP, "service_workers": "block"}
        context = browser.new_context(locale=locale, **defaults | options)
        context.set_default_timeout(1000 * PATIENCE_SECONDS)
        context.add_init_script(WAIT_FOR_SCRIPTS)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
        return page

    yield open_page
    for context in contexts:
        # A page may just have sent a request: without this, its late response fails the test.
        for page in context.pages:
            page.unroute_all(behavior="ignoreErrors")
        context.unroute_all(behavior="ignoreErrors")
        context.close()
    assert complaints == []


@pytest.fixture
def visit(blank: Visit) -> Visit:
    """Opens an address in a fresh browser profile."""

    def open_page(path: str = "/", **options: Any) -> Page:
        page = blank(**options)
        page.goto(path)
        return page

    return open_page


def expect_path(page: Page, path: str) -> None:
    """Expects this path without a query: an intermediate page contains it as `next`."""
    expect(page).to_have_url(re.compile(rf"^https?://[^/]+{re.escape(path)}$"))


def expect_ready(page: Page) -> None:
    """Expects a page on which a newcomer could trade now, with 10,000 USDT of demo money."""
    expect(page.locator("[data-wallet-available]").first).to_have_text("10,000.00")
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "false")


@pytest.fixture(scope="package")
def newcomers(site: Site) -> Iterator[Newcomers]:
    made = Newcomers(running_environment(site.home, os.environ, APP)["DATABASE_URL"])
    yield made
    made.close()


@pytest.fixture
def sign_up(blank: Visit, newcomers: Newcomers, site: Site, django_db_blocker: DjangoDbBlocker) -> Visit:
    """Opens an address as a new person who is signed in. Two other journeys try the pages of signing up."""

    def newcomer(path: str = "/", *, locale: str = "en-GB", **options: Any) -> Page:
        page = blank(locale=locale, **options)
        with django_db_blocker.unblock():
            session = newcomers.sign_up(locale.partition("-")[0])
        at = options.get("base_url", site.address)
        page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": at}])
        page.goto(path)
        if path == "/":
            expect_ready(page)
        return page

    return newcomer


@pytest.fixture
def hire(blank: Visit, newcomers: Newcomers, site: Site, django_db_blocker: DjangoDbBlocker) -> Hire:
    """Opens the back office as a new member of staff of this role."""

    def hired(role: Role, path: str = "/admin/", *, locale: str = "en-GB", **options: object) -> Page:
        page = blank(locale=locale, **options)
        with django_db_blocker.unblock():
            session, _email = newcomers.hire(role, locale.partition("-")[0])
        page.context.add_cookies([{"name": django_settings.SESSION_COOKIE_NAME, "value": session, "url": site.address}])
        page.goto(path)
        return page

    return hired


@pytest.fixture
def office(blank: Visit) -> Page:
    """The back office, with the cashier open for USDT."""
    page = blank()
    open_cashier(page, blank())
    return page
