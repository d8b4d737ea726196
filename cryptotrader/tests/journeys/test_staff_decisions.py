"""Decisions that several members of staff take together, and work that one of them takes."""

import os
from decimal import Decimal

import pytest
from django.utils.html import format_html
from playwright.sync_api import Page, expect

from accounts.admin import columns
from accounts.domain.approvals.requests import Role
from cryptotrader.tests.journeys.conftest import Hire, Visit
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.journeys.staff import a_day_passes, settled_trade
from cryptotrader.tests.journeys.test_back_office import CLIPPED
from cryptotrader.tests.journeys.test_readers import PHONE
from cryptotrader.tests.journeys.test_security import code_of, set_up_app

LETTERS = bytes(b"123456789ABCDEFGHJKLMNPQRSTUVWXYZ"[each % 33] for each in range(256))
"""Turns random bytes into letters of an address."""


def check_widest(office: Page) -> None:
    """A voided trade with the longest values makes the list of trades no wider than a desktop."""
    office.goto("/admin/trading/flashtrade/")
    row = office.locator("#result_list tbody tr", has_text="voided afterwards").first
    expect(row).to_be_visible()
    most = Decimal("999999999999.99")
    longest = {
        "trader": columns.person_link(1, f"{'a' * 64}@{'b' * 60}.example"),
        "market": format_html('<span class="nowrap">{} {}</span>', "ABCDEFGHIJ-ABCDEFGHI", columns.book(demo=True)),
        "staked": columns.money(most, "USDT"),
        "gained": columns.gain(-most, "USDT"),
        "rate": columns.percent(Decimal("0.8575")),
        "lasts": columns.number(86_400, " s"),
    }
    assert not office.evaluate(CLIPPED)
    for name, shown in longest.items():
        row.locator(f".field-{name}").evaluate("(cell, shown) => { cell.innerHTML = shown }", shown)
    assert not office.evaluate(CLIPPED)


def approve(page: Page) -> None:
    page.get_by_role("button", name="Approve").click()
    expect(page.locator(".messagelist")).to_contain_text("Noted")


def test_three_people_void_a_trade(hire: Hire, sign_up: Visit) -> None:
    trader, sue = sign_up(), hire(Role.SUPPORT)
    trade = settled_trade(trader)
    sue.goto(f"/admin/search/?q={trade['id'][:13]}")
    sue.locator(".found a", has_text=trade["id"][:13]).first.click()
    sue.get_by_role("link", name="Void a settled trade").click()
    sue.get_by_label("Reason").fill("the venue withdrew its price")
    sue.get_by_role("button", name="Ask for approval").click()
    request = sue.url
    expect(sue.get_by_role("button", name="Approve")).to_have_count(0)  # nobody decides on their own request

    rick, fay = hire(Role.RISK, request), hire(Role.FINANCE, request, **PHONE)
    approve(rick)
    expect(rick.locator(".approval-state")).to_contain_text("pending")
    approve(fay)
    expect(fay.locator(".approval-state")).to_contain_text("executed")
    rick.goto(f"/admin/trading/flashtrade/{trade['id']}/change/")
    expect(rick.locator("main")).to_contain_text("voided afterwards")
    expect(rick.get_by_role("link", name="Void a settled trade")).to_have_count(0)
    check_widest(rick)
    trader.goto("/wallet/")
    expect(trader.locator(".wallet-card").first).to_contain_text("10,000.00")


def pay_in(page: Page, office: Page, amount: str) -> None:
    """A trader's deposit, which staff credit."""
    page.goto("/wallet/deposit/")
    page.fill("[name=amount]", amount)
    page.get_by_role("button", name="Go on").click()
    page.fill("[name=note]", "from my bank")
    page.get_by_role("button", name="I have paid").click()
    expect(page.locator("main")).to_contain_text("Staff look at your payment")
    deposit = page.locator("code.key").inner_text()
    office.goto(f"/admin/accounts/deposit/{deposit}/change/")
    office.get_by_label("The payment's own id").fill(f"bank {deposit}")
    office.get_by_role("button", name="Credit it").click()
    expect(office.locator(".messagelist")).to_contain_text("Done")


def ask_for_withdrawal(page: Page, site: Site, amount: str) -> None:
    """A trader's withdrawal, a day after they have added where it goes."""
    secret = set_up_app(page)
    recovery = page.locator(".codes code").first.inner_text()
    page.goto("/wallet/beneficiaries/add/")
    page.fill("[name=label]", "my bank")
    page.fill("[name=address]", f"T{os.urandom(33).translate(LETTERS).decode()}")
    page.fill("[name=code]", code_of(secret, ahead=1))
    page.get_by_role("button", name="Add the beneficiary").click()
    expect(page.locator("[data-until]")).to_be_visible()
    a_day_passes(site)
    page.goto("/wallet/withdraw/")
    page.fill("[name=amount]", amount)
    page.select_option("[name=beneficiary]", label=page.locator("[name=beneficiary] option").last.inner_text())
    page.get_by_role("button", name="Go on").click()
    page.fill("[name=code]", recovery)
    page.locator("main form .button-strong").click()
    expect(page.locator("#withdrawals")).to_be_visible()


@pytest.mark.parametrize("device", [{}, PHONE], ids=["desktop", "phone"])
def test_finance_approves_a_withdrawal_and_tells_its_payment(
    office: Page, hire: Hire, sign_up: Visit, site: Site, device: dict[str, object]
) -> None:
    page = sign_up("/wallet/")
    pay_in(page, office, "500")
    ask_for_withdrawal(page, site, "120")
    expect(page.locator("main")).to_contain_text("in review")

    email = page.request.get("/api/v1/me").json()["email"]
    fay = hire(Role.FINANCE, "/admin/work/", **device)
    piece = fay.locator("tr", has_text=email)
    piece.get_by_role("button", name="Take").click()
    expect(fay.locator("tr", has_text=email)).to_contain_text("Leave to others")
    fay.locator("tr", has_text=email).get_by_role("link").first.click()
    fay.get_by_role("button", name="Approve it").click()
    expect(fay.locator(".messagelist")).to_contain_text("Done")
    page.goto("/wallet/withdraw/")
    expect(page.locator("main")).to_contain_text("approved")

    paid = f"bank out {os.urandom(4).hex()}"
    fay.get_by_label("The payment's own id").fill(paid)
    fay.get_by_role("button", name="It has been paid out").click()
    expect(fay.locator(".messagelist")).to_contain_text("Done")
    page.goto("/wallet/withdraw/")
    expect(page.locator("main")).to_contain_text(paid)
    page.goto("/wallet/")
    expect(page.locator(".wallet-card-real")).to_contain_text("377.00")  # 499.00 less 120.00 and a fee of 2.00
    fay.goto("/admin/work/")
    expect(fay.locator("tr", has_text=email)).to_have_count(0)
