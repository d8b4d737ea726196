"""The pages of the past and what stands around them: history, one trade, portfolio, instruments, help."""

import csv
import re
import time
from io import StringIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.journeys.conftest import Visit, expect_path
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, too_small, violations

PAGES = (
    "/history/", "/portfolio/", "/instruments/", "/help/", "/announcements/", "/settings/", "/settings/notifications/",
    "/offline/en/", "/offline/ko/", "/no-such-page/",
)  # fmt: skip


def place(page: Page) -> str:
    """Places a trade of 15 seconds by the API, and returns its id."""
    headers = {"X-CSRFToken": page.evaluate("document.body.dataset.csrf"), "Referer": page.url}
    order: dict[str, Any] = {"instrument": "BTC-USDT", "amount": "10", "direction": "up", "duration": 15, "demo": True}
    order |= {"client_order_id": "of-a-test"}
    deadline = time.monotonic() + PATIENCE_SECONDS
    while (answer := page.request.post("/api/v1/flash-trades", data=order, headers=headers)).status == 503:
        assert time.monotonic() < deadline, answer.text()  # on a busy machine the price may be late
        page.wait_for_timeout(500)
    assert answer.status == 201, answer.text()
    trade: dict[str, Any] = answer.json()
    return str(trade["id"])


def test_a_trade_is_live_on_its_page_until_it_settles_and_is_then_in_the_portfolio(sign_up: Visit) -> None:
    page = sign_up()
    id = place(page)
    page.goto(f"/trades/{id}/")
    expect(page.locator("[data-standing]")).to_have_text(re.compile("Winning|Losing|Level"))
    expect(page.locator("[data-chart] canvas").first).to_be_visible()
    expect(page.get_by_role("heading", name="Proof")).to_be_visible()  # it has settled, by itself
    result = page.locator(".result-sum strong").inner_text().split()[0]
    expect(page.locator("[data-chart] canvas").first).to_be_visible()

    page.goto("/history/")
    expect(page.locator(".history-totals strong")).to_have_text(result)
    with page.expect_download() as download:
        page.click("text=Download as CSV")
    (line,) = csv.DictReader(StringIO(download.value.path().read_text(encoding="utf-8-sig")))
    assert line["id"] == id
    page.get_by_role("link", name="Portfolio").last.click()
    expect_path(page, "/portfolio/")
    expect(page.locator(".portfolio-sum strong")).to_have_text(result)
    expect(page.locator("[data-curve] canvas").first).to_be_visible()
    page.get_by_text("The curve as a table").click()
    expect(page.locator("details tbody tr")).to_have_count(1)
    page.get_by_role("link", name="7 days").click()
    expect(page.get_by_role("link", name="7 days")).to_have_attribute("aria-current", "true")
    assert violations(page) == []


def test_a_zone_is_suggested_found_by_its_city_and_shown_with_its_time(sign_up: Visit) -> None:
    page = sign_up("/settings/", timezone_id="Europe/Paris")
    page.get_by_role("button", name="Use the zone of this device").click()
    expect(page.locator("[name=time_zone]")).to_have_value("Europe/Paris")
    expect(page.locator("[data-zone-now]")).to_have_text(re.compile(r"^\d\d:\d\d UTC\+0[12]:00$"))
    expect(page.locator("[data-zone-use]")).to_be_hidden()
    page.fill("[name=time_zone]", "seoul")
    page.locator("main form [type=submit]").first.click()
    expect(page.locator("[name=time_zone]")).to_have_value("Asia/Seoul")


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_axe_finds_nothing_there(sign_up: Visit, locale: str) -> None:
    page = sign_up("/history/", locale=locale, **FOR_AXE)
    place(page)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_they_fit_a_small_phone_and_a_finger(sign_up: Visit, locale: str) -> None:
    page = sign_up("/history/", locale=locale, **PHONE)
    place(page)
    for path in PAGES:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        assert too_small(page) == [], path
