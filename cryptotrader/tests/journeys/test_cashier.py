"""Deposits and withdrawals: the trader's pages and the back office, side by side."""

import re

import pytest
from playwright.sync_api import Page, expect

from cryptotrader.tests.journeys.conftest import Visit
from cryptotrader.tests.journeys.staff import enter
from cryptotrader.tests.journeys.test_readers import FOR_AXE, PHONE, too_small, violations
from cryptotrader.tests.journeys.test_security import code_of, set_up_app

PAGES = ("/wallet/deposit/", "/wallet/withdraw/", "/wallet/beneficiaries/add/")


LISTS = ("accounts/approvalrequest", "accounts/deposit", "accounts/beneficiary", "trading/flashtrade", "accounts/user")


def test_a_deposit_is_asked_for_paid_and_credited(office: Page, sign_up: Visit) -> None:
    page = sign_up("/wallet/deposit/")
    page.fill("[name=amount]", "5")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".problem")).to_contain_text("At least 10.00")
    page.fill("[name=amount]", "500")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator(".facts")).to_contain_text("499.00 USDT")
    expect(page.locator(".instructions")).to_have_text("Pay to account 12-345.")
    page.fill("[name=note]", "from my bank, today")
    page.get_by_role("button", name="I have paid").click()
    expect(page.locator("main")).to_contain_text("Staff look at your payment")

    id = page.locator("code.key").inner_text()
    office.goto(f"/admin/accounts/deposit/{id}/change/")
    expect(office.locator("#content-main")).to_contain_text("from my bank, today")
    office.get_by_label("The payment's own id").fill(f"bank {id}")
    office.get_by_role("button", name="Credit it").click()
    expect(office.locator(".messagelist")).to_contain_text("Done")

    page.reload()
    expect(page.locator(".section-head .badge")).to_have_text("done")
    page.goto("/wallet/")
    expect(page.locator(".wallet-card-real")).to_contain_text("499.00")


def test_a_new_beneficiary_waits_and_nothing_goes_there_before(office: Page, sign_up: Visit) -> None:
    page = sign_up("/wallet/withdraw/")
    expect(page.locator("main")).to_contain_text("Set up a second factor first")
    secret = set_up_app(page)
    page.goto("/wallet/beneficiaries/add/")
    page.fill("[name=label]", "cold wallet")
    page.fill("[name=address]", "TXYZaBcDeFgHiJkLmNoPqRsTuVwXyZ1234")
    page.fill("[name=code]", code_of(secret, ahead=1))
    page.get_by_role("button", name="Add the beneficiary").click()
    expect(page.locator("[data-until]")).to_have_text(re.compile(r"^(24 hrs?|23 hrs?)( \d+ mins?)?$"))
    expect(page.locator("main")).to_contain_text("No beneficiary can be used yet")
    expect(page.locator("[name=beneficiary]")).to_have_count(0)


@pytest.mark.parametrize("locale", ["en-GB", "ko-KR"])
def test_every_reader_can_use_these_pages(office: Page, sign_up: Visit, locale: str) -> None:
    page = sign_up("/wallet/", locale=locale, **PHONE, **FOR_AXE)
    if locale == "en-GB":
        set_up_app(page)
    for path in PAGES:
        page.goto(path)
        assert violations(page) == [], path
        assert page.evaluate("document.documentElement.scrollWidth") == 360, path
        assert too_small(page) == [], path
    page.goto("/wallet/deposit/")
    page.fill("[name=amount]", "100")
    page.locator("main form .button-strong").click()
    expect(page.locator(".facts")).to_be_visible()
    assert violations(page) == []
    assert too_small(page) == []


def test_every_member_of_staff_can_use_the_lists(blank: Visit) -> None:
    page = enter(blank(**FOR_AXE), "/admin/")
    assert violations(page) == []
    for path in LISTS:
        page.goto(f"/admin/{path}/")
        # Django's label of the search is a picture of a glass, with a text for people who can't see it.
        found = [fault for fault in violations(page) if not fault.startswith("label-title-only")]
        assert found == [], path
