"""Korean and English, phone and desktop, eyes and screen readers."""

from typing import Any, Literal

import pytest
from playwright.sync_api import Page, expect

from cryptotrader.local.home import ROOT
from cryptotrader.tests.journeys.conftest import Visit

AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
# Without motion: a new row flashes for a second, and axe would measure the colours of the flash.
FOR_AXE: Any = {"bypass_csp": True, "reduced_motion": "reduce"}
RUN_AXE = """async (rules) => {
    await Promise.allSettled(document.getAnimations().map((animation) => animation.finished));
    return axe.run(document, { runOnly: rules, resultTypes: ["violations"] });
}"""
FIND_SMALL = """() => {
    if (!navigator.maxTouchPoints) return [];
    const finger = 43.5;  // 44, and a browser's rounding
    const own = (target) => (target.matches("[type=radio], [type=checkbox]") && target.closest("label")) || target;
    const size = (target) => {
        const { width, height } = own(target).getBoundingClientRect();
        const reach = getComputedStyle(target, "::after");  // what reaches beyond an element's edges is pressed, too
        if (reach.content === "none" || reach.position !== "absolute") return [width, height];
        return [Math.max(width, parseFloat(reach.width)), Math.max(height, parseFloat(reach.height))];
    };
    const stands = (link) => getComputedStyle(link).display !== "inline"
        || link.parentElement.innerText.trim() === link.innerText.trim();
    return [...document.querySelectorAll("a, button, summary, select, textarea, input:not([type=hidden])")]
        .filter((target) => own(target).checkVisibility({ visibilityProperty: true, opacityProperty: true }))
        .filter((target) => !target.closest(".visually-hidden") && stands(target))
        .filter((target) => Math.min(...size(target)) < finger)
        .map((target) => `${size(target)}: ${target.outerHTML}`);
}"""
ENLARGED: Any = {"width": 320, "height": 256}
"""A page of 1280 × 1024 that its reader has enlarged four times (WCAG 1.4.10)."""
GROW_RICH = """() => {
    for (const sum of document.querySelectorAll(".header dd > span, .header dd:not(:has(span))"))
        sum.textContent = "1,234,567.00";
}"""
PHONE: Any = {"viewport": {"width": 360, "height": 640}, "is_mobile": True, "has_touch": True}


def test_korean_readers_get_korean_red_for_up_and_their_own_time(sign_up: Visit) -> None:
    page = sign_up(locale="ko-KR", timezone_id="Europe/London")
    expect(page.locator("html")).to_have_attribute("data-colours", "korea")
    expect(page.locator("[data-direction=up]")).to_contain_text("상승")
    expect(page.locator("[data-zone]").first).to_have_text("KST")
    expect(page.locator("[data-direction=up]")).to_have_css("background-color", "rgb(208, 44, 58)")

    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    expect(page.locator("html")).to_have_attribute("data-colours", "world")


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_nothing_overflows_a_small_phone(sign_up: Visit, locale: str) -> None:
    page = sign_up(locale=locale, **PHONE)
    expect(page.locator("[data-price]")).to_contain_text(".")
    for path in ("/", "/history/", "/wallet/", "/wallet/statement/", "/accounts/logout/", "/docs/rules"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        assert too_small(page) == [], path
        page.set_viewport_size(ENLARGED)
        page.evaluate(GROW_RICH)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, path
        page.set_viewport_size(PHONE["viewport"])


def test_the_two_buttons_stay_in_sight_on_a_phone(sign_up: Visit) -> None:
    page = sign_up(**PHONE)
    for direction in ("up", "down"):
        expect(page.locator(f"[data-direction={direction}]")).to_be_in_viewport(ratio=1)


def test_the_chart_has_an_equivalent_in_words(visit: Visit) -> None:
    page = visit("/trade/BTC-USDT/")
    expect(page.locator("[data-chart-summary]")).to_contain_text("BTC-USDT index from")
    page.get_by_text("Prices as a table").click()
    expect(page.locator("[data-price-table] tbody tr").first).to_contain_text("#")


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_axe_finds_nothing(visit: Visit, sign_up: Visit, locale: str) -> None:
    visitor = visit("/trade/BTC-USDT/", locale=locale, **FOR_AXE)
    expect(visitor.locator("[data-gate]")).not_to_be_empty()
    assert violations(visitor) == []
    page = sign_up(locale=locale, **FOR_AXE)
    page.locator("[data-direction=up][aria-disabled=false]").click()
    expect(page.locator("[data-list] .trade")).to_have_count(1)
    assert violations(page) == []
    for path in (
        "/history/",
        "/wallet/",
        "/wallet/statement/",
        "/accounts/logout/",
        "/accounts/password/change/",
        "/docs/rules",
    ):
        page.goto(path)
        assert violations(page) == [], path


def violations(page: Page) -> list[str]:
    """Returns axe's findings on a page in the light scheme, and those about colours in the dark one."""
    if not AXE.exists():
        pytest.skip("axe-core isn't installed: npm ci")
    page.wait_for_load_state()  # a page without its styles has other sizes
    page.evaluate(AXE.read_text())
    found: list[Any] = []
    for scheme, rules in zip(SCHEMES, (RULES, ["color-contrast"]), strict=True):
        page.emulate_media(color_scheme=scheme)
        found += page.evaluate(RUN_AXE, rules)["violations"]
    page.emulate_media(color_scheme="light")
    return [f"{rule['id']}: {node['html']}" for rule in found for node in rule["nodes"]]


def too_small(page: Page) -> list[str]:
    """Returns visible targets that a finger may miss: below 44 px, except links inside a sentence. A page without touch
    has none; of its targets axe wants 24 px."""
    page.wait_for_load_state()
    small: list[str] = page.evaluate(FIND_SMALL)
    return small
