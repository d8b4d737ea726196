"""What the ticket allows and how it says no."""

from playwright.sync_api import Page, expect

from cryptotrader.tests.journeys.conftest import Visit

BOUNDS = "The stake must be between 1.00 and 1,000.00 USDT."
UNREADABLE = "Enter the stake as a number, like 100 or 12.50."
REFUSED = {
    "0.99": BOUNDS,
    "1000.01": BOUNDS,
    "1.001": "The stake has too many decimal places.",
    "1e2": UNREADABLE,
    "": UNREADABLE,
}


def blocked(page: Page) -> None:
    for direction in ("up", "down"):
        expect(page.locator(f"[data-direction={direction}]")).to_have_attribute("aria-disabled", "true")


def allowed(page: Page) -> None:
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "false")


def test_a_visitor_sees_the_market_and_is_asked_to_sign_up(visit: Visit) -> None:
    page = visit()
    expect(page.locator("[data-venues]")).to_have_text("4 venues")
    expect(page.locator("[data-gate]")).to_have_text("Sign up or sign in to trade.")
    blocked(page)
    page.get_by_role("link", name="Start with 10,000 USDT").click()
    expect(page).to_have_url(page.url)
    expect(page.locator("h1")).to_have_text("Open a demo account")


def test_it_says_why_a_stake_is_refused(sign_up: Visit) -> None:
    page = sign_up()
    for stake, why in REFUSED.items():
        page.fill("#stake", stake)
        expect(page.locator("[data-gate]")).to_have_text(why)
        blocked(page)
    page.fill("#stake", "12.50")
    allowed(page)
    expect(page.locator("[data-gate]")).to_be_empty()


def test_amounts_and_steps_stay_within_the_limits(sign_up: Visit) -> None:
    page = sign_up()
    page.click("[data-amount=max]")
    expect(page.locator("#stake")).to_have_value("1000")
    expect(page.locator("dl [data-win]")).to_have_text("+850.00")
    page.click("[data-step='1']")
    expect(page.locator("#stake")).to_have_value("1000")
    page.fill("#stake", "100")
    page.click("[data-step='-1']")
    expect(page.locator("#stake")).to_have_value("90")
    page.fill("#stake", "1")
    page.click("[data-step='-1']")
    expect(page.locator("#stake")).to_have_value("1")


def test_it_is_used_by_keyboard_alone_unless_that_is_switched_off(sign_up: Visit) -> None:
    page = sign_up()
    page.keyboard.press("2")
    expect(page.locator("#stake")).to_have_value("50")
    page.keyboard.press("ArrowDown")
    expect(page.locator("[data-direction=down]")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("[data-list] .trade")).to_contain_text("▼ Down 50.00 USDT")

    page.keyboard.press("?")
    page.get_by_label("Keyboard shortcuts on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#stake")).to_have_value("50")
