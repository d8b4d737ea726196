"""A trader's own limits, a time-out, and the reality check."""

from playwright.sync_api import Page, expect

from cryptotrader.tests.journeys.conftest import Visit, expect_path
from cryptotrader.tests.journeys.test_readers import FOR_AXE, violations


def set_limit(page: Page, label: str, amount: str) -> None:
    page.goto("/account/limits/")
    field = page.get_by_label(label, exact=True)
    field.fill(amount)
    field.press("Enter")
    expect(page.get_by_text("Saved.")).to_be_visible()


def test_a_limit_is_set_met_and_shown(sign_up: Visit) -> None:
    page = sign_up("/account/limits/")
    set_limit(page, "Loss, a day", "150")
    page.goto("/")
    page.locator("[data-direction=up][aria-disabled=false]").click()
    expect(page.locator("[data-list] .trade")).to_have_count(1)
    expect(page.locator("[data-gate]")).to_have_text("Your own limit allows at most 50.00 USDT: Loss, a day.")
    expect(page.locator("[data-bounds]")).to_have_text("1–50 USDT, by your own limit")
    expect(page.locator("[data-amount='100']")).to_be_disabled()
    page.click("[data-amount=max]")
    expect(page.locator("#stake")).to_have_value("50")
    page.click("[data-step='1']")
    expect(page.locator("#stake")).to_have_value("50")
    page.locator("[data-direction=up][aria-disabled=false]").click()
    expect(page.locator("[data-list] .trade")).to_have_count(2)
    expect(page.locator("[data-gate]")).to_contain_text("at most 0.00 USDT")
    page.goto("/account/limits/")
    expect(page.locator("tr", has_text="Loss, a day")).to_contain_text("150.00 · left 0.00")


def test_a_limit_that_is_met_elsewhere_is_refused_with_a_way_out(sign_up: Visit) -> None:
    page = sign_up("/account/limits/")
    set_limit(page, "Loss, a day", "150")
    page.goto("/")
    page.route("**/state.json", lambda route: route.abort())
    for number in (1, 2):
        page.locator("[data-direction=up][aria-disabled=false]").click()
        expect(page.locator("[data-list] .trade")).to_have_count(1)
        expect(page.locator(".toast")).to_have_count(number - 1)
    toast = page.locator(".toast")
    expect(toast).to_contain_text("Loss, a day: 150.00 USDT. Used: 100.00. Left: 50.00.")
    toast.get_by_role("link", name="Your limits").click()
    expect_path(page, "/account/limits/")


def test_a_raise_waits_and_can_be_given_up(sign_up: Visit) -> None:
    page = sign_up("/account/limits/")
    set_limit(page, "Largest stake", "50")
    set_limit(page, "Largest stake", "500")
    row = page.locator("tr", has_text="Largest stake")
    expect(row).to_contain_text("→ 500.00")
    row.get_by_role("button", name="Keep 50.00").click()
    expect(page.locator("tr", has_text="Largest stake")).not_to_contain_text("500")


def test_a_time_out_takes_two_steps_and_closes_the_ticket(sign_up: Visit) -> None:
    page = sign_up("/account/limits/", **FOR_AXE)
    assert violations(page) == []
    page.locator("#time-out ~ form").get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Take the time-out").click()
    expect(page.get_by_label("I know that nobody can end this early.")).to_be_visible()
    assert violations(page) == []
    page.get_by_label("I know that nobody can end this early.").check()
    page.get_by_role("button", name="Take the time-out").click()
    expect(page.get_by_role("heading", name="You have taken a time-out")).to_be_visible()
    page.goto("/")
    expect(page.locator("[data-gate]")).to_contain_text("You have taken a time-out. Until: ")
    expect(page.locator("[data-state=timed-out]")).to_contain_text("You have taken a time-out")
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "true")


def test_a_reality_check_comes_up_on_any_page_and_goes_from_all_tabs_at_once(sign_up: Visit) -> None:
    page = sign_up("/settings/", **FOR_AXE)
    page.get_by_label("Reality check").select_option("15")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_have_text("Saved.")
    dialog = page.get_by_role("dialog", name="Reality check")
    expect(dialog).to_be_hidden()

    due = {"time": "2026-03-01T12:20:00Z", "due_at": "2026-03-01T12:15:00Z", "signed_in_at": "2026-03-01T11:00:00Z"}
    traded = {"currency": "USDT", "demo": True, "trades": 3, "turnover": "1300.00", "net_result": "-100.00"}
    later = due | {"due_at": "2026-03-01T12:35:00Z"}
    answers = {"confirmed": False}

    def answer(route: object) -> None:
        if route.request.method == "POST":  # type: ignore[attr-defined]
            answers["confirmed"] = True
        route.fulfill(json=(later if answers["confirmed"] else due) | {"minutes": 15, "wallets": [traded]})  # type: ignore[attr-defined]

    page.context.route("**/api/v1/reality-check", answer)
    other = page.context.new_page()
    other.goto("/history/")
    page.goto("/")
    for tab in (page, other):
        expect(tab.get_by_role("dialog", name="Reality check")).to_contain_text("1 h 20 min")
    expect(dialog).to_contain_text("−100.00")
    assert violations(page) == []
    page.keyboard.press("Tab")
    expect(page.get_by_role("button", name="Go on")).to_be_focused()
    page.keyboard.press("Enter")
    for tab in (page, other):
        expect(tab.get_by_role("dialog", name="Reality check")).to_be_hidden()
