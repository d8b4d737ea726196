"""The site as an app: without a connection, and when a result is pushed."""

from typing import Any

from playwright.sync_api import Page, expect

from cryptotrader.tests.journeys.conftest import Visit, expect_path

WORKING: Any = {"service_workers": "allow"}
READY = "navigator.serviceWorker.ready.then(({ active }) => active.state)"
KEPT = """async () => {
    const cached = [];
    for (const name of await caches.keys()) {
        for (const { url } of await (await caches.open(name)).keys()) cached.push(new URL(url).pathname);
    }
    return cached.sort();
}"""


RECORD = """() => {
    self.shown = new Promise((resolve) => {
        self.registration.showNotification = async (...given) => resolve(given);
    });
}"""
"""A browser without a window shows no notes: the worker tells instead which one it would show."""

CLICK = """async ({ url, windows }) => {
    const told = { closed: false, opened: [] };
    const done = [];
    if (!windows) self.clients.matchAll = async () => [];
    else delete self.clients.matchAll;
    WindowClient.prototype.focus = async function () { return this; };
    self.clients.openWindow = async (address) => { told.opened.push(address); return null; };
    const click = new ExtendableEvent("notificationclick");
    Object.defineProperties(click, {
        notification: { value: { data: url, close: () => { told.closed = true; } } },
        waitUntil: { value: (work) => done.push(work) },
    });
    self.dispatchEvent(click);
    if (!windows) await Promise.all(done);
    return told;
}"""
"""A click that nobody makes may neither focus nor open a window: the worker tells that it would. It navigates really,
and is not waited for then: a browser may end a worker whose page is between two addresses."""


def ready(page: Page) -> None:
    page.evaluate(READY)
    page.wait_for_function("navigator.serviceWorker.controller !== null")


def test_without_a_connection_there_is_the_offline_page_and_no_price(sign_up: Visit) -> None:
    page = sign_up(**WORKING)
    ready(page)
    page.goto("/wallet/")
    page.context.set_offline(True)
    page.goto("/wallet/")
    expect(page.get_by_role("heading", name="No connection")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("10,000.00")
    assert page.locator("h1").evaluate("heading => getComputedStyle(heading).fontFamily").startswith("Flashtrade")
    page.context.set_offline(False)
    page.get_by_role("link", name="Try again").click()
    expect(page.locator(".figure-main dd").first).to_contain_text("10,000.00")


def test_the_device_keeps_static_files_and_the_offline_page_only(sign_up: Visit) -> None:
    page = sign_up(**WORKING)
    ready(page)
    for path in ("/wallet/", "/history/", "/portfolio/", "/"):
        page.goto(path)
    kept = page.evaluate(KEPT)
    assert "/offline/en/" in kept
    assert [path for path in kept if not path.startswith(("/static/", "/offline/"))] == []
    assert len(kept) == 8


def test_a_pushed_result_is_shown_and_leads_to_its_page(sign_up: Visit) -> None:
    page = sign_up(**WORKING)
    ready(page)
    (worker,) = page.context.service_workers
    worker.evaluate(RECORD)
    registrations: list[str] = []

    def note(told: dict[str, Any]) -> None:
        registrations.extend(each["registrationId"] for each in told["registrations"])

    session = page.context.new_cdp_session(page)
    session.on("ServiceWorker.workerRegistrationUpdated", note)
    session.send("ServiceWorker.enable")
    origin = page.evaluate("location.origin")  # by its answer, the events of what there is have come
    pushed = {
        "origin": origin,
        "registrationId": registrations[0],
        "data": '{"title": "Won", "body": "BTC-USDT", "tag": "results", "url": "/history/"}',
    }
    session.send("ServiceWorker.deliverPushMessage", pushed)
    title, options = worker.evaluate("self.shown")
    assert (title, options["body"], options["data"]) == ("Won", "BTC-USDT", "/history/")

    elsewhere = {"url": "https://elsewhere.example/", "windows": False}
    assert worker.evaluate(CLICK, elsewhere) == {"closed": True, "opened": []}
    click: dict[str, Any] = {"url": options["data"], "windows": False}
    assert worker.evaluate(CLICK, click) == {"closed": True, "opened": [f"{origin}/history/"]}
    worker.evaluate(CLICK, click | {"windows": True})
    expect_path(page, "/history/")
