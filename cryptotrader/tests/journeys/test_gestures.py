"""One gesture is one order, in a real browser: it alone counts clicks and repeats keys as people's do."""

import time
from collections.abc import Callable

from playwright.sync_api import Page, Request, Route, expect

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.tests.journeys.conftest import Visit

# Not the test's own presses: those wait until the answer to the first has come.
PRESS_TWICE = """async () => {
    const save = document.querySelector("main form button[type=submit]");
    save.click();
    await new Promise((resolve) => setTimeout(resolve, 300));
    save.click();
    await new Promise((resolve) => setTimeout(resolve, 300));
}"""


PRESS_AGAIN = """() => {
    const list = document.querySelector("[data-list]");
    const watch = new MutationObserver(() => {
        if (!list.querySelector(".trade")) return;
        watch.disconnect();
        document.querySelector("[data-direction=up]").click();
        document.documentElement.dataset.pressed = "again";
    });
    watch.observe(list, { childList: true, subtree: true });
}"""
"""A person's second press: as soon as the first trade is placed, and before the gesture has ended."""


def test_a_double_click_a_second_press_and_a_held_key_place_one_trade_each(sign_up: Visit) -> None:
    page = sign_up()
    orders = posts_to(page, "/api/v1/flash-trades")
    up = page.locator("[data-direction=up]")
    available = page.locator("[data-direction=up][aria-disabled=false]")

    page.evaluate(PRESS_AGAIN)
    up.dblclick()
    expect(page.locator("html")).to_have_attribute("data-pressed", "again")
    expect(page.locator("[data-list] .trade")).to_have_count(1)
    available.click()
    expect(page.locator("[data-list] .trade")).to_have_count(2)
    available.focus()
    for _repeat in range(10):
        page.keyboard.down("Enter")
    page.keyboard.up("Enter")
    expect(page.locator("[data-list] .trade")).to_have_count(3)
    expect(available).to_be_visible()
    assert len(orders) == 3


def test_a_form_is_sent_once_while_its_answer_is_on_its_way(sign_up: Visit) -> None:
    page = sign_up("/settings/")
    sent: list[Route] = []

    def hold(route: Route) -> None:
        sent.append(route) if route.request.method == "POST" else route.continue_()

    page.route("**/settings/", hold)
    page.evaluate(PRESS_TWICE)
    until(page, lambda: bool(sent))
    sent[0].continue_()
    expect(page.locator(".messages")).to_have_text("Saved.")
    assert len(sent) == 1


def until(page: Page, condition: Callable[[], bool]) -> None:
    """Waits for a request that the page has sent: its route is told while the test waits for the page."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        assert time.monotonic() < deadline
        page.wait_for_timeout(20)


def posts_to(page: Page, path: str) -> list[Request]:
    found: list[Request] = []
    page.on("request", lambda each: found.append(each) if each.method == "POST" and each.url.endswith(path) else None)
    return found
