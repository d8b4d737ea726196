"""The ticket's rules, and its messages for refused input."""

from typing import Any

from playwright.sync_api import Page, Route, expect

from cryptotrader.tests.journeys.conftest import Visit

BOUNDS = "The stake must be between 1.00 and 1,000.00 USDT."
UNREADABLE = "Enter the stake as a number, like 100 or 12.50."
REFUSED = {
    "0.99": BOUNDS,
    "1000.01": BOUNDS,
    "9" * 21: BOUNDS,
    "1.001": "The stake has too many decimal places.",
    "1e2": UNREADABLE,
    "": UNREADABLE,
}
# Simulates a page from before the payout rose: a rate above 80 % on it can only come from a quote.
LOWER_RATES = """document.addEventListener("readystatechange", () => {
    const data = document.getElementById("page-data");
    if (data) data.textContent = data.textContent.replaceAll('"0.85"', '"0.8"');
});"""


def blocked(page: Page) -> None:
    for direction in ("up", "down"):
        expect(page.locator(f"[data-direction={direction}]")).to_have_attribute("aria-disabled", "true")


def allowed(page: Page) -> None:
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "false")


def test_a_visitor_sees_the_market_and_is_asked_to_sign_up(visit: Visit) -> None:
    page = visit("/trade/BTC-USDT/")
    expect(page.locator("[data-venues]")).to_have_text("4 venues")
    expect(page.locator("[data-gate]")).to_have_text("Sign up or sign in to trade.")
    blocked(page)
    page.get_by_role("link", name="Start with 10,000 USDT").click()
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
    expect(page.locator("#stake")).to_have_value("1,000")
    expect(page.locator("dl [data-win]")).to_have_text("+850.00")
    page.click("[data-step='1']")
    expect(page.locator("#stake")).to_have_value("1,000")
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
    expect(page.locator("[data-direction=down]")).to_have_attribute("aria-disabled", "false")
    page.keyboard.press("Enter")
    expect(page.locator("[data-list] .trade")).to_contain_text("▼ Down 50.00 USDT")

    page.keyboard.press("?")
    page.get_by_label("Keyboard shortcuts on").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("1")
    expect(page.locator("#stake")).to_have_value("50")


def test_what_is_shown_is_what_is_taken(sign_up: Visit) -> None:
    page = sign_up("/wallet/")
    quoted: dict[str, str] = {}

    def note(route: Route) -> None:
        answer = route.fetch()
        quoted[answer.json()["quote"]] = answer.json()["direction"]
        route.fulfill(response=answer)

    page.add_init_script(LOWER_RATES)
    page.route("**/api/v1/quotes", note)
    page.goto("/")
    up = page.locator("[data-direction=up]")
    expect(up.locator("[data-rate]")).to_have_text("85%")
    with page.expect_response("**/api/v1/flash-trades") as taken:
        up.click()
    sent: Any = taken.value.request.post_data_json
    assert quoted[sent["quote"]] == "up"
    assert taken.value.json()["payout_rate"] == "0.85"


def test_until_there_is_a_quote_what_is_shown_is_the_least_that_is_taken(sign_up: Visit) -> None:
    page = sign_up("/wallet/")
    page.route("**/api/v1/quotes", lambda route: route.abort())
    page.goto("/")
    with page.expect_response("**/api/v1/flash-trades") as taken:
        page.click("[data-direction=up]")
    sent: Any = taken.value.request.post_data_json
    assert "quote" not in sent
    assert sent["min_payout_rate"] == taken.value.json()["payout_rate"] == "0.85"


def test_a_rate_that_fell_is_shown_with_its_quote_and_asked_about_again(sign_up: Visit) -> None:
    page = sign_up()
    sent: list[Any] = []

    def fall(route: Route) -> None:
        """The first order comes too late: by now the house offers less."""
        sent.append(route.request.post_data_json)
        wish = {name: sent[0][name] for name in ("direction", "duration", "demo")}
        fresh = wish | {"payout_rate": "0.8", "quote": "fresh", "expires_at": "2999-01-01T00:00:00Z"}
        refusal = {"code": "price-moved", "title": "Less", "payout_rate": "0.8", "quote": fresh}
        route.fulfill(status=409, json=refusal) if len(sent) == 1 else route.fulfill(status=400, json={"code": "x"})

    page.route("**/api/v1/flash-trades", fall)
    down = page.locator("[data-direction=down]")
    expect(down.locator("[data-rate]")).to_have_text("85%")
    page.route("**/api/v1/quotes", lambda route: route.abort())
    down.click()
    expect(page.locator("[data-toasts]")).to_contain_text("Payout rate now: 80%. No stake was held.")
    expect(down.locator("[data-rate]")).to_have_text("80%")
    expect(down.locator("[data-payout]")).to_have_text("180.00")
    expect(page.locator("dl [data-win]")).to_have_text("▲ +85.00 ▼ +80.00")
    down.click()
    expect(page.locator("[data-toasts]")).to_contain_text("The order was refused")
    assert sent[1]["quote"] == "fresh"


def test_an_open_ticket_shows_a_new_rate_by_itself(sign_up: Visit) -> None:
    page = sign_up()
    down = page.locator("[data-direction=down]")
    with page.expect_response("**/api/v1/quotes"):
        page.click("[name=duration][value='60']", force=True)
    expect(down.locator("[data-rate]")).to_have_text("85%")

    def less(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, json=answer.json() | {"payout_rate": "0.7"})

    page.route("**/api/v1/quotes", less)
    expect(down.locator("[data-rate]")).to_have_text("70%")
    expect(down.locator("[data-payout]")).to_have_text("170.00")
