"""A page that shows the true state while the stream is away."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta

from playwright.sync_api import Page, Route, WebSocketRoute, expect

from cryptotrader.tests.journeys.conftest import Visit
from cryptotrader.tests.journeys.test_past import place
from cryptotrader.tests.journeys.test_ticket import allowed, blocked


def test_it_reconnects_by_itself_and_blocks_trading_meanwhile(sign_up: Visit, visit: Visit) -> None:
    """A visitor's practice trade, too."""
    for page in (sign_up(), visit("/")):
        _loses_and_finds_its_connection(page)


def _loses_and_finds_its_connection(page: Page) -> None:
    sockets: list[WebSocketRoute] = []
    is_down = False

    def pass_on(socket: WebSocketRoute) -> None:
        if is_down:
            socket.close()
            return
        sockets.append(socket)
        socket.connect_to_server()

    page.route_web_socket("**/ws/v1", pass_on)
    page.reload()
    allowed(page)

    is_down = True
    sockets[-1].close()
    expect(page.locator("[data-state=disconnected]")).to_be_visible()
    blocked(page)

    is_down = False
    expect(page.locator("[data-state=disconnected]")).to_be_hidden()
    allowed(page)


def test_where_no_socket_comes_through_the_page_asks_over_rest_and_says_so(sign_up: Visit) -> None:
    page = sign_up()
    is_forbidden = True

    def refuse(socket: WebSocketRoute) -> None:
        if is_forbidden:
            socket.close()
        else:
            socket.connect_to_server()

    page.route_web_socket("**/ws/v1", refuse)
    page.reload()
    expect(page.locator("[data-state=asking]")).to_be_visible()
    allowed(page)
    place(page)
    expect(page.locator("[data-open-trades] .trade-list .trade")).to_have_count(1)

    is_forbidden = False
    expect(page.locator("[data-state=asking]")).to_be_hidden()
    allowed(page)


def test_a_late_price_blocks_trading_until_it_is_fresh(sign_up: Visit, visit: Visit) -> None:
    """A visitor's practice trade, too."""
    trader, _visitor = pages = sign_up(), visit("/")
    is_late = False
    for page in pages:
        withhold_prices(page, lambda: is_late)
        page.reload()
        allowed(page)

    is_late = True
    for page in pages:
        expect(page.locator("[data-state=stale]")).to_be_visible()
        blocked(page)
    expect(trader.locator("[data-gate]")).to_have_text("Waiting for a fresh price.")

    is_late = False
    for page in pages:
        expect(page.locator("[data-state=stale]")).to_be_hidden()
        allowed(page)


def test_a_clock_learnt_from_slow_answers_is_learnt_again(sign_up: Visit) -> None:
    page = sign_up()
    are_slow = True

    def answer(route: Route) -> None:
        """Simulates a request of 20 seconds and a response of none: the clock is 10 seconds ahead."""
        said = route.fetch().json()
        if are_slow:
            said["time"] = (datetime.fromisoformat(said["time"]) + timedelta(seconds=10)).isoformat()
        route.fulfill(json=said)

    page.route("**/api/v1/time", answer)
    page.reload()
    expect(page.locator("[data-gate]")).to_have_text("Waiting for a fresh price.")
    are_slow = False
    allowed(page)


def test_a_page_without_its_script_looks_unready_and_says_so(sign_up: Visit) -> None:
    page = sign_up("/wallet/")
    page.route("**/built/trade.js", lambda route: route.abort())
    page.goto("/")
    expect(page.locator("[data-banner=unstarted]")).to_be_visible()
    for part in ("[data-direction=up]", "[data-step='1']", "[data-amount=max]", "#stake"):
        expect(page.locator(part)).to_be_disabled()


def withhold_prices(page: Page, is_late: Callable[[], bool]) -> None:
    def pass_on(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def judge(message: str | bytes) -> None:
            if not (is_late() and json.loads(message).get("channel", "").startswith("prices.")):
                socket.send(message)

        server.on_message(judge)

    page.route_web_socket("**/ws/v1", pass_on)
