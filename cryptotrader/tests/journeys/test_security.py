"""The protection of an account, used by its owner: an authenticator app, recovery codes, passkeys, devices."""

import re
import time
from pathlib import Path
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from playwright.sync_api import Page, Route, expect

from accounts.tests.cast import PASSWORD
from cryptotrader.tests.journeys.conftest import Visit, expect_path
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, too_small, violations

LAPTOP = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def email_of(page: Page) -> str:
    return str(page.locator(".menu-list p").first.text_content())


def sign_out(page: Page) -> None:
    page.goto("/accounts/logout/")
    page.locator("main button[type=submit]").click()
    expect_path(page, "/")


def sign_in(page: Page, email: str) -> None:
    page.goto("/accounts/login/")
    page.fill("[name=login]", email)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def go_through_the_password(page: Page, path: str) -> None:
    """Opens a page that asks for the password again."""
    page.goto(path)
    page.fill("[name=password]", PASSWORD)
    page.get_by_role("button", name="Go on").click()
    expect_path(page, path)


def set_up_app(page: Page) -> str:
    """Sets up an app, and returns its secret as copied from the page."""
    go_through_the_password(page, "/security/app/")
    secret = page.locator("code.key").inner_text().replace(" ", "")
    assert page.locator("img.qr").evaluate("image => image.naturalWidth") > 0
    page.fill("[name=code]", code_of(secret))
    page.get_by_role("button", name="Turn on").click()
    expect(page.locator(".codes li")).to_have_count(10)
    return secret


def code_of(secret: str, ahead: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + ahead)))


def test_an_authenticator_app_and_a_recovery_code_let_in(sign_up: Visit) -> None:
    page = sign_up("/security/")
    email = email_of(page)
    secret = set_up_app(page)
    codes = page.locator(".codes code").all_inner_texts()
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download").click()
    assert Path(downloading.value.path()).read_text().split() == codes
    page.get_by_role("link", name="I have kept them").click()
    expect(page.locator("#second-factor + .badge")).to_have_text("✓ On")
    sign_out(page)

    sign_in(page, email)
    page.fill("[name=code]", "000000")
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".problem:visible")).to_have_count(1)
    page.fill("[name=code]", code_of(secret))
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_path(page, "/")
    sign_out(page)

    sign_in(page, email)
    page.fill("[name=code]", codes[3])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect_path(page, "/")
    page.goto("/security/")
    expect(page.locator(".rows li", has_text="Recovery codes")).to_contain_text("Left: 9")


@pytest.fixture
def laptop(sign_up: Visit, site: Site) -> Page:
    """A newcomer whose device stores passkeys. Browsers require a host name for that, not an address."""
    page = sign_up("/security/", base_url=f"http://localhost:{site.port}")
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send("WebAuthn.addVirtualAuthenticator", {"options": LAPTOP})
    return page


def test_a_passkey_is_added_named_used_and_removed(laptop: Page) -> None:
    go_through_the_password(laptop, "/security/passkeys/add/")
    laptop.fill("[name=name]", "Laptop")
    laptop.get_by_role("button", name="Add passkey").click()
    expect(laptop.locator(".codes li")).to_have_count(10)
    laptop.goto("/security/")
    laptop.get_by_role("link", name="Rename: Laptop").click()
    laptop.fill("[name=name]", "Old laptop")
    laptop.get_by_role("button", name="Save").click()
    expect(laptop.locator(".rows h3", has_text="Old laptop")).to_have_count(1)
    email = email_of(laptop)
    sign_out(laptop)

    laptop.goto("/accounts/login/")
    laptop.get_by_role("button", name="Sign in with a passkey").click()
    expect(laptop.locator("[data-wallet-available]").first).to_have_text("10,000.00")
    assert email_of(laptop) == email
    laptop.goto("/security/logins/")
    expect(laptop.locator("tbody tr").first).to_contain_text("passkey")
    sign_out(laptop)

    sign_in(laptop, email)
    laptop.get_by_role("button", name="Use a passkey").click()
    expect_path(laptop, "/")
    laptop.goto("/security/passkeys/add/")
    laptop.get_by_role("link", name="key").click()
    laptop.get_by_role("button", name="Use a passkey").click()
    expect(laptop.get_by_role("button", name="Add passkey")).to_be_visible()
    laptop.get_by_role("button", name="Add passkey").click()
    expect(laptop.locator("[data-problem=refused]")).to_be_visible()
    laptop.goto("/security/")
    laptop.get_by_role("link", name="Remove: Old laptop").click()
    laptop.get_by_role("button", name="Remove passkey").click()
    expect(laptop.locator("#second-factor + .badge")).to_have_text("Off")


def test_a_passkey_form_waits_for_the_script_that_asks_for_the_passkey(laptop: Page) -> None:
    kept_away: list[str] = []

    def keep_away(route: Route) -> None:
        kept_away.append(route.request.url)
        route.abort()

    laptop.route("**/passkeys*.js", keep_away)
    go_through_the_password(laptop, "/security/passkeys/add/")
    laptop.wait_for_load_state("load")
    assert kept_away
    expect(laptop.get_by_role("button", name="Add passkey")).to_be_disabled()


def test_signing_another_device_out_acts_at_once(sign_up: Visit, visit: Visit) -> None:
    page = sign_up("/security/")
    phone = visit("/accounts/login/", **PHONE)
    sign_in(phone, email_of(page))
    expect(phone.locator("[data-ticket-form]")).to_be_visible()
    page.goto("/security/devices/")
    expect(page.locator("tbody tr")).to_have_count(2)
    page.locator("tbody tr").nth(1).get_by_role("button").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    phone.goto("/security/")
    expect(phone).to_have_url(re.compile("/accounts/login/"))


def test_settings_take_effect_at_once_and_everywhere(sign_up: Visit, visit: Visit) -> None:
    page = sign_up("/settings/", timezone_id="Europe/London")
    email = email_of(page)
    expect(page.get_by_label("Time zone")).to_have_attribute("placeholder", re.compile("^London · UTC"))
    page.get_by_label("Time zone").fill("america/new_york")
    page.get_by_label("Up is red, down is blue").check()
    page.get_by_label("A short tone when a trade ends").check()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".messages")).to_have_text("Saved.")
    elsewhere = visit("/accounts/login/", timezone_id="Asia/Tokyo")
    sign_in(elsewhere, email)
    html = elsewhere.locator("html")
    expect(html).to_have_attribute("data-colours", "korea")
    expect(html).to_have_attribute("data-sounds", "")
    expect(elsewhere.locator("[data-zone]").first).to_have_text(re.compile("EST|EDT|GMT-[45]"))


def test_tones_wait_for_a_touch_and_then_sound(visit: Visit) -> None:
    page = visit("/accounts/login/")
    play: Any = """async () => {
        const { allowSounds, play } = await import("/static/js/core/sounds.js");
        window.notes ??= [];
        const start = OscillatorNode.prototype.start;
        OscillatorNode.prototype.start = function (at) {
            window.notes.push(Math.round(this.frequency.value));
            start.call(this, at);
        };
        document.documentElement.dataset.sounds = "";
        allowSounds();
        for (const outcome of ["won", "lost", "tied"]) play(outcome);
        return window.notes;
    }"""
    assert page.evaluate(play) == []
    page.locator("h1").click()
    page.wait_for_function(
        "async () => { (await import('/static/js/core/sounds.js')).play('won'); return notes.length; }"
    )
    assert page.evaluate("notes")[:2] == [659, 880]


PAGES = ("/security/", "/security/devices/", "/security/logins/", "/settings/", "/settings/close/")
GUARDED = ("/security/app/", "/security/passkeys/add/")


def test_axe_finds_nothing_in_the_account(sign_up: Visit, site: Site) -> None:
    page = sign_up("/security/", **FOR_AXE)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path
    page.goto("/security/app/")
    assert violations(page) == [], "reauthenticate"
    set_up_app(page)
    assert violations(page) == [], "recovery codes"
    page.goto("/security/passkeys/add/")
    assert violations(page) == [], "add a passkey"
    by_name = page.locator("[data-problem=loopback] a")
    expect(by_name).to_have_attribute("href", f"http://localhost:{site.port}/security/passkeys/add/")
    page.get_by_role("button", name="Add passkey").click()
    expect(by_name).to_be_visible()
    for path in ("/security/", "/security/app/remove/", "/security/recovery-codes/", "/settings/close/"):
        page.goto(path)
        assert violations(page) == [], path
    email = email_of(page)
    sign_out(page)
    sign_in(page, email)
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()
    assert violations(page) == [], "code"


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_the_account_fits_a_small_phone(sign_up: Visit, locale: str) -> None:
    page = sign_up("/security/", locale=locale, **PHONE)
    for path in (*PAGES, *GUARDED):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        assert too_small(page) == [], path
        if path in PAGES:
            tabs = page.locator(".area-nav a")
            expect(tabs).to_have_count(8)
            for tab in tabs.all():
                expect(tab).to_be_in_viewport(ratio=1)
