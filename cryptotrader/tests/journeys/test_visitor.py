"""A visitor's story: a practice trade, an account, a real trade of demo money, and its proof checked in the browser."""

import uuid
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.tests.cast import PASSWORD
from cryptotrader.tests.journeys.conftest import DESKTOP, Visit, expect_ready
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, too_small, violations

PLACES: list[tuple[str, Any]] = [("en-GB", {"viewport": DESKTOP}), ("ko-KR", PHONE)]
NO_ED25519 = """
    const importKey = SubtleCrypto.prototype.importKey;
    SubtleCrypto.prototype.importKey = function (form, key, algorithm, ...rest) {
        if (algorithm === "Ed25519") throw new DOMException("Unrecognized name.", "NotSupportedError");
        return importKey.call(this, form, key, algorithm, ...rest);
    };
"""
NO_SUBTLE = "Object.defineProperty(Crypto.prototype, 'subtle', { get: () => undefined });"


def states(page: Page) -> dict[str, str]:
    """The state of each step of the check, by its name."""
    items = page.locator("[data-step]")
    read = "items => Object.fromEntries(items.map(({ dataset }) => [dataset.step, dataset.state]))"
    found: dict[str, str] = items.evaluate_all(read)
    return found


def check(page: Page, verdict: str) -> dict[str, str]:
    page.click("[data-check-button]")
    expect(page.locator("[data-check-verdict]")).to_have_attribute("data-verdict", verdict)
    return states(page)


def faults(page: Page) -> list[str]:
    overflow = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return violations(page) + too_small(page) + (["it overflows"] if overflow else [])


def practise(page: Page) -> None:
    """One practice trade on the landing page, and the check of its settlement."""
    expect(page.locator("[data-check-button]")).to_be_disabled()
    page.click("[data-direction=up][aria-disabled=false]")
    expect(page.locator("[data-practice-live]")).to_be_visible()
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "true")
    expect(page.locator("[data-practice-end]")).to_be_visible()
    found = check(page, "agrees")
    assert {name: found[name] for name in ("prices", "chain", "windows", "terms", "outcome")} == dict.fromkeys(
        ("prices", "chain", "windows", "terms", "outcome"), "holds"
    )


def join(page: Page, site: Site) -> None:
    """Signs up by the landing page's link; a refused password costs nothing that was typed."""
    email = f"{uuid.uuid4().hex}@example.com"
    page.click(".landing-actions .button-strong")
    page.fill("[name=email]", email)
    page.fill("[name=password1]", "12345678")
    page.click("main button[type=submit]")
    expect(page.locator(".field .problem").first).to_be_visible()
    expect(page.locator("[name=email]")).to_have_value(email)
    expect(page.locator("[name=password1]")).to_have_value("12345678")
    page.click("[data-reveal]")
    expect(page.locator("[name=password1]")).to_have_attribute("type", "text")
    page.fill("[name=password1]", PASSWORD)
    expect(page.locator("[data-password-rule]")).to_have_attribute("data-state", "fine")
    page.click("main button[type=submit]")
    page.wait_for_url("**/confirm-email/")
    page.goto(site.link_mailed_to(email))
    page.click("main button[type=submit]")
    expect_ready(page)


def read_hints(page: Page) -> None:
    """Three hints, once."""
    hints = page.locator("[data-hints]")
    expect(hints).to_contain_text("1/3")
    assert violations(page) == []
    page.click("[data-hint-next]")
    page.click("[data-hint-next]")
    expect(hints.locator("[data-hint-done]")).to_be_focused()
    page.click("[data-hint-done]")
    expect(hints).to_be_hidden()
    page.reload()
    expect_ready(page)
    expect(hints).to_be_hidden()


def trade_and_open_its_proof(page: Page) -> None:
    page.click("[data-direction=up][aria-disabled=false]")
    expect(page.locator(".toast [data-sum]")).to_be_visible()
    page.goto("/history/")
    page.locator(".outcome a").first.click()
    expect(page.locator(".result-sum")).to_be_visible()


@pytest.mark.parametrize(("locale", "place"), PLACES, ids=["desktop-en", "phone-ko"])
def test_a_visitor_practises_joins_trades_and_checks_the_proof(
    visit: Visit, site: Site, locale: str, place: Any
) -> None:
    page = visit("/", locale=locale, **place, **FOR_AXE)
    practise(page)
    assert faults(page) == []
    join(page, site)
    read_hints(page)
    trade_and_open_its_proof(page)
    found = check(page, "agrees")
    assert found["signature"] == found["outcome"] == "holds"
    assert set(found.values()) <= {"holds", "none"}
    assert faults(page) == []

    page.locator(".price-window tbody a").first.click()
    expect(page.locator("[rel=prev]")).to_be_visible()
    assert check(page, "agrees")["chain"] == "holds"
    assert faults(page) == []


@pytest.fixture
def proof(sign_up: Visit) -> Page:
    """A newcomer's page of a settled trade."""
    page = sign_up()
    page.click("[data-hint-close]")
    trade_and_open_its_proof(page)
    return page


def test_the_check_says_what_it_cannot_check_and_what_is_wrong(proof: Page) -> None:
    def forge(route: Route) -> None:
        document = route.fetch().text()
        route.fulfill(body=document.replace('"outcome": "', '"outcome": "x', 1), content_type="application/json")

    proof.route("**/proof.json", forge)
    assert check(proof, "disagrees")["signature"] == "fails"
    expect(proof.locator("[data-step=signature] [data-faults]")).to_contain_text("the readable part")
    proof.unroute_all()
    proof.route("**/proof.json", lambda route: route.abort())
    check(proof, "failed")
    proof.unroute_all()
    proof.add_init_script(NO_ED25519)
    proof.reload()
    found = check(proof, "incomplete")
    assert found["signature"] == "unable"
    assert found["prices"] == found["outcome"] == "holds"
    expect(proof.locator("[data-step=signature]")).to_contain_text("doesn't know Ed25519")
    proof.add_init_script(NO_SUBTLE)
    proof.reload()
    assert check(proof, "incomplete")["prices"] == "unable"
    expect(proof.locator("[data-step=prices]")).to_contain_text("encrypted pages")


def test_any_second_is_a_step_away_from_the_market(visit: Visit) -> None:
    page = visit("/trade/BTC-USDT/")
    page.get_by_text("Prices as a table").click()
    page.locator("[data-price-table] tbody a").nth(5).click()
    expect(page.locator("h1")).to_contain_text("BTC-USDT")
    check(page, "agrees")
    page.fill("#at", "nonsense")
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("This isn't a second")
    assert faults(page) == []
    page.goto("/prices/BTC-USDT/2036-01-01T00:00:00Z/")
    expect(page.locator("h1")).to_have_text("This second has no price yet")
    assert faults(page) == []
    page.get_by_role("link", name="The price before").click()
    expect(page.locator("[rel=prev]")).to_be_visible()


def test_the_landing_page_is_light(visit: Visit) -> None:
    """15 requests and 100 kB of compressed script at most, from this host alone."""
    page = visit("/robots.txt")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto("/")
    expect(page.locator("[data-direction=up]")).to_have_attribute("aria-disabled", "false")
    hosts = {url.split("/")[2] for url in asked}
    assert len(hosts) == 1
    assert len(set(asked)) <= 15, asked  # it asks again for the time while a busy machine answers slowly
