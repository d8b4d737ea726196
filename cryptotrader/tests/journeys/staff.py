"""Members of staff at the back office of the running platform."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import psycopg
from playwright.sync_api import Page, expect

from cryptotrader.local.home import running_environment
from cryptotrader.local.logins import OWNER
from cryptotrader.tests.journeys.site import Site

STAFF, COLLEAGUE, STAFF_PASSWORD = "staff@example.com", "second@example.com", "flash-trade-demo"
TERMS = {
    "deposit_instructions": "Pay to account 12-345.",
    "deposit_min": "10",
    "deposit_daily_max": "10000",
    "deposit_fee": "1",
    "withdrawal_min": "20",
    "withdrawal_daily_max": "2000",
    "withdrawal_fee": "2",
    "four_eyes_from": "1000",
}
FAILED_BACKUP = """
    INSERT INTO backup_runs (name, state, host, started_at, ended_at, bytes_written, encrypted, warnings, failure,
        copy_failure)
    VALUES (%s, 'failed', 'journey', now(), now(), 0, false, '[]', 'a full disk', '')
"""
# The guards of beneficiaries hold for the owner of the tables, too, unless it takes them down.
A_DAY_PASSES = """
    ALTER TABLE beneficiaries DISABLE TRIGGER USER;
    UPDATE beneficiaries
    SET created_at = created_at - interval '25 hours', usable_from = usable_from - interval '25 hours';
    ALTER TABLE beneficiaries ENABLE TRIGGER USER;
"""


def enter(page: Page, path: str, login: str = STAFF) -> Page:
    """Signs in, and opens a page of the back office."""
    page.goto(f"/accounts/login/?next={path}")
    page.fill("[name=login]", login)
    page.fill("[name=password]", STAFF_PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page).to_have_url(re.compile(rf"^https?://[^/]+{re.escape(path)}$"))
    return page


def open_cashier(page: Page, colleague: Page) -> None:
    """Opens deposits and withdrawals of USDT: one member of staff asks for the terms, another approves."""
    enter(page, "/admin/accounts/cashierterms/")
    expect(page.locator("#changelist")).to_be_visible()
    if page.locator("#result_list").get_by_role("link", name="USDT").count():
        return
    page.get_by_role("link", name="Terms for USDT").click()
    for name in ("deposits_open", "withdrawals_open"):
        page.select_option(f"[name={name}]", "yes")
    for name, value in TERMS.items():
        page.fill(f"[name={name}]", value)
    page.fill("[name=reason]", "We open.")
    page.get_by_role("button", name="Ask for approval").click()
    expect(page.locator(".messagelist")).to_contain_text("Requested")
    enter(colleague, urlsplit(page.url).path, COLLEAGUE)
    colleague.get_by_role("button", name="Approve").click()
    expect(colleague.locator(".messagelist")).to_contain_text("Noted")
    page.goto("/admin/accounts/cashierterms/")
    expect(page.locator("#result_list")).to_contain_text("USDT")


def number_of(trader: Page, staff: Page) -> str:
    """The number of the trader of a page, which staff find by half an email."""
    email = trader.request.get("/api/v1/me").json()["email"]
    staff.keyboard.press("Control+k")
    staff.keyboard.type(email[:20], delay=5)
    staff.locator("[data-found] a").first.wait_for()
    staff.keyboard.press("ArrowDown")
    staff.keyboard.press("Enter")
    expect(staff.locator("h1")).to_have_text(email)
    found = re.search(r"/user/(\d+)/", staff.url)
    assert found
    return found[1]


def settled_trade(trader: Page) -> dict[str, Any]:
    """A trade that somebody won or lost, as soon as it has ended. A tie moves no money: then there is another."""
    while True:
        trader.locator("[data-direction=up][aria-disabled=false]").click()
        expect(trader.locator(".toast")).to_contain_text(re.compile("Won|Lost|Tied"))
        trade: dict[str, Any] = trader.request.get("/api/v1/flash-trades").json()["results"][0]
        if trade["outcome"] != "tied":
            return trade
        trader.reload()


@contextmanager
def a_failed_backup(site: Site) -> Iterator[None]:
    """The site's last backup is one that failed: the health check tells it as an alert."""
    name = "a backup of a journey"
    url = running_environment(site.home, os.environ, OWNER)["DATABASE_URL"]
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(FAILED_BACKUP, [name])
        try:
            yield
        finally:
            connection.execute("DELETE FROM backup_runs WHERE name = %s", [name])


def a_day_passes(site: Site) -> None:
    """Makes all beneficiaries a day and an hour older."""
    url = running_environment(site.home, os.environ, OWNER)["DATABASE_URL"]
    with psycopg.connect(url) as connection:
        connection.execute(A_DAY_PASSES)
