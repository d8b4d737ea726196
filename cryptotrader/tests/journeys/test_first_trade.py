"""The main job: from sign-up to a settled trade, without a reload of the page."""

import re
import uuid

from playwright.sync_api import Page, Route, expect

from accounts.tests.cast import PASSWORD
from cryptotrader.tests.journeys.conftest import Visit, expect_ready
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.test_readers import PHONE
from trading.tests.script import load_script

PRICE = re.compile(r"^[0-9,]+\.[0-9]{2}$")


def come_in(page: Page, site: Site) -> None:
    """Signs up, reads the mail, follows its link and confirms: this ends on the trade page, with money."""
    email = f"{uuid.uuid4().hex}@example.com"
    page.fill("[name=email]", email)
    page.fill("[name=password1]", PASSWORD)
    page.click("main button[type=submit]")
    expect(page.locator("code")).to_have_text(str(site.home / "mail"))
    page.goto(site.link_mailed_to(email))
    page.click("main button[type=submit]")
    expect_ready(page)


def assert_a_phone_shows_the_whole_table(page: Page) -> None:
    page.set_viewport_size(PHONE["viewport"])
    page.click("[data-open-sheet=dock]")
    cut = page.locator("[data-recent-trades]").evaluate("table => table.scrollWidth - table.clientWidth")
    assert cut == 0, "the profit is cut"


def test_a_newcomer_places_a_trade_and_sees_it_settle_by_itself(visit: Visit, site: Site) -> None:
    page = visit("/accounts/signup/")
    come_in(page, site)
    profit = see_a_trade_settle(page)
    assert_a_phone_shows_the_whole_table(page)
    page.goto("/history/")
    expect(page.locator("tbody tr")).to_have_count(1)
    expect(page.locator("tbody .profit")).to_have_text(profit)

    page.click("tbody .outcome a")
    expect(page.locator(".result-sum")).to_contain_text(profit)
    with page.expect_download() as download:
        page.click("text=Download proof")
    keys = page.request.get("/.well-known/jwks.json").json()
    report, _ = load_script().verify(download.value.path().read_text(), keys)
    assert report.faults == []


def see_a_trade_settle(page: Page) -> str:
    """Places a trade on the trade page and waits for its result; returns its profit as shown."""
    expect(page.locator("[data-price]")).to_have_text(PRICE)
    expect(page.locator("[data-source-note]")).to_contain_text("not a real market")
    expect(page.locator("dl [data-win]")).to_have_text("+85.00")
    expect(page.locator("dl [data-loss]")).to_have_text("−100.00")

    page.click("[data-direction=up]")
    trade = page.locator("[data-list] .trade")
    expect(trade).to_have_count(1)
    expect(trade.locator("[data-book]:visible")).to_have_text("Demo")
    available, held = page.locator("[data-wallet-available]").first, page.locator("[data-wallet-held]")
    expect(available).to_have_text("9,900.00")
    expect(held).to_have_text("100.00")

    expect(trade.locator("[data-entry]")).to_have_text(re.compile(r"^Entry [0-9,]+\.[0-9]{2}$"))
    expect(trade.locator("[data-label]")).to_have_text(re.compile("Winning|Losing|Level"))

    toast = page.locator(".toast")
    expect(toast).to_contain_text(re.compile("Won|Lost|Tied"))
    profit = toast.locator("[data-sum]").inner_text()
    balance = {"+85.00": "10,085.00", "−100.00": "9,900.00", "0.00": "10,000.00"}[profit]
    expect(available).to_have_text(balance)
    expect(held).to_have_text("0.00")
    page.get_by_role("tab", name="Results").click()
    expect(page.locator("[data-recent-trades] tbody [data-profit]")).to_have_text(profit)
    expect(page.locator("[data-recent-trades] tbody [data-book]:visible")).to_have_text("Demo")
    return profit


def test_an_order_whose_answer_was_lost_is_sent_again_and_placed_once(sign_up: Visit) -> None:
    page = sign_up("/wallet/")
    page.add_init_script("delete AbortSignal.timeout")  # as in Safari 15
    page.goto("/")
    keys: list[str] = []

    def lose_first_answer(route: Route) -> None:
        keys.append(route.request.headers["idempotency-key"])
        if len(keys) > 1:
            route.continue_()
            return
        route.fetch()
        route.abort()

    page.route("**/api/v1/flash-trades", lose_first_answer)
    page.click("[data-direction=down]")
    expect(page.locator("[data-wallet-held]")).to_have_text("100.00")
    expect(page.locator("[aria-busy]")).to_have_count(0)
    assert len(keys) == 2
    assert keys[0] == keys[1]
    expect(page.locator("[data-list] .trade")).to_have_count(1)
