"""One gesture is one order, in a real browser: it alone counts clicks and repeats keys as people's do."""

from playwright.sync_api import Page, Request, expect

from cryptotrader.tests.journeys.conftest import Visit


def test_a_double_click_a_second_press_and_a_held_key_place_one_trade_each(sign_up: Visit) -> None:
    page = sign_up()
    orders = posts_to(page, "/api/v1/flash-trades")
    up = page.locator("[data-direction=up]")
    available = page.locator("[data-direction=up][aria-disabled=false]")

    up.dblclick()
    expect(page.locator("[data-list] .trade")).to_have_count(1)
    # As soon as the first is placed, and before the gesture has ended: a person's second press.
    up.dispatch_event("click")
    available.click()
    expect(page.locator("[data-list] .trade")).to_have_count(2)
    available.focus()
    for _repeat in range(10):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator("[data-list] .trade")).to_have_count(3)
    expect(available).to_be_visible()
    assert len(orders) == 3


def test_a_double_click_sends_a_form_once(sign_up: Visit) -> None:
    page = sign_up("/settings/")
    sent = posts_to(page, "/settings/")
    page.get_by_role("button", name="Save").dblclick()
    expect(page.get_by_role("status").first).to_have_text("Saved.")
    assert len(sent) == 1


def posts_to(page: Page, path: str) -> list[Request]:
    found: list[Request] = []
    page.on("request", lambda each: found.append(each) if each.method == "POST" and each.url.endswith(path) else None)
    return found
