"""Deposits and withdrawals in a browser."""

import re
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from urllib.parse import unquote

import pytest
import time_machine
from django.test import Client

from accounts.models import Beneficiary, CashierTerms, Deposit, Withdrawal
from accounts.services.cashier.approve_withdrawal import approve_withdrawal
from accounts.services.cashier.follow_invoice import follow_invoice
from accounts.tests.btcpay_server import BTCPayServer
from accounts.tests.cast import NOON, Person
from accounts.tests.till import ADDRESS, TOMORROW, Customer
from accounts.web.cashier.qr import qr_code

pytestmark = pytest.mark.django_db(transaction=True)
LATER = TOMORROW + timedelta(hours=1)


@pytest.fixture
def browser(saver: Customer, client: Client) -> Iterator[Client]:
    client.force_login(saver.trader.user)
    with time_machine.travel(LATER, tick=False):
        yield client


def page(client: Client, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200
    return response.content.decode()


def key_in(html: str) -> str:
    found = re.search(r'name="key" value="([0-9a-f-]{36})"', html)
    assert found
    return found[1]


def test_a_deposit_by_instructions(browser: Client) -> None:
    wish = {"key": key_in(page(browser, "/wallet/deposit/")), "currency": "USDT", "amount": "1,000.50"}
    answer = browser.post("/wallet/deposit/", wish)
    again = browser.post("/wallet/deposit/", wish)
    deposit = Deposit.objects.get(amount="1000.50")
    assert answer["Location"] == again["Location"] == f"/wallet/deposits/{deposit.pk}/"
    shown = page(browser, answer["Location"])
    assert all(text in shown for text in ("1,000.50 USDT", "999.50 USDT", "Pay to account 12-345.", str(deposit.pk)))
    browser.post(answer["Location"], {"note": "by Alice"})
    assert Deposit.objects.get(pk=deposit.pk).state == "review"
    assert "Staff look at your payment" in page(browser, answer["Location"])
    assert "1,000.50 USDT" in page(browser, "/wallet/deposit/")
    unpaid = browser.post("/wallet/deposit/", wish | {"key": key_in(page(browser, "/wallet/deposit/")), "amount": "20"})
    assert "Arrives in your wallet" in page(browser, unpaid["Location"])
    follow_invoice(deposit_id=Deposit.objects.get(amount=20).pk, now=LATER + timedelta(days=8))
    shown = page(browser, unpaid["Location"])
    assert "nothing was credited" in shown
    assert "in your wallet" not in shown


@pytest.mark.parametrize(
    ("path", "fee", "hint"),
    [("/wallet/deposit/", "deposit_fee", "take a fee"), ("/wallet/withdraw/", "withdrawal_fee", "fee comes on top")],
)
def test_a_fee_is_told_where_there_is_one(browser: Client, path: str, fee: str, hint: str) -> None:
    assert hint in page(browser, path)
    CashierTerms.objects.update(**{fee: 0})
    assert hint not in page(browser, path)


def test_a_deposit_with_an_invoice_leads_to_its_page(browser: Client, btcpay: BTCPayServer) -> None:
    wish = {"key": key_in(page(browser, "/wallet/deposit/")), "currency": "USDT", "amount": "100"}
    btcpay.broken = lambda: (500, b"")
    assert "payment provider doesn" in browser.post("/wallet/deposit/", wish).content.decode()
    btcpay.broken = None
    shown = page(browser, browser.post("/wallet/deposit/", wish)["Location"])
    assert f'href="{btcpay.url}/i/{next(iter(btcpay.invoices))}"' in shown
    assert f'<code class="key" id="checkout-url">{btcpay.url}/i/' in shown
    (picture,) = re.findall(r'<img class="qr" src="(data:image/svg[^"]+)"', shown)
    assert unescape(picture) == qr_code(f"{btcpay.url}/i/{next(iter(btcpay.invoices))}")
    assert "I have paid" not in shown


def test_a_code_has_all_of_a_long_address_and_a_white_edge() -> None:
    picture = unquote(qr_code("https://pay.example/i/" + "x" * 500))
    width = int(re.findall(r"width='(\d+)'", picture)[0])
    assert picture.startswith("data:image/svg+xml")
    assert width > 4 * (77 + 2 * 4)  # version 15 or more, with four modules around


@pytest.mark.parametrize(
    ("amount", "why"),
    [
        ("", "required"),
        ("1e3", "Enter the amount as a number"),
        ("NaN", "Enter the amount as a number"),
        ("1,50", "Enter the amount as a number"),
        ("-5", "Enter the amount as a number"),
        ("9" * 21, "The amount is too large"),
        ("9.99", "At least 10.00"),
        ("10.001", "at most 2 decimal places"),
        ("99999999", "rest of today"),
    ],
)
def test_a_form_says_what_is_wrong(browser: Client, amount: str, why: str) -> None:
    before = Deposit.objects.count()
    wish = {"key": key_in(page(browser, "/wallet/deposit/")), "currency": "USDT", "amount": amount}
    assert why in browser.post("/wallet/deposit/", wish).content.decode()
    assert Deposit.objects.count() == before


def test_a_withdrawal_shows_all_sums_before_the_code_is_asked(browser: Client, saver: Customer) -> None:
    shown = page(browser, "/wallet/withdraw/")
    assert "5,000.00 USDT" in shown
    wish = {"key": key_in(shown), "beneficiary": str(Beneficiary.objects.get().pk), "amount": "1,500"}
    second = browser.post("/wallet/withdraw/", wish).content.decode()
    assert all(text in second for text in ("1,500.00 USDT", "2.00 USDT", "1,502.00 USDT", ADDRESS, 'name="code"'))
    assert not Withdrawal.objects.exists()
    wrong = browser.post("/wallet/withdraw/", wish | {"confirmed": "yes", "code": "000000"}).content.decode()
    assert "This code is wrong or was used already" in wrong
    assert "1,502.00 USDT" in wrong
    confirmed = wish | {"confirmed": "yes", "code": saver.code(LATER)}
    assert browser.post("/wallet/withdraw/", confirmed).status_code == 302
    assert browser.post("/wallet/withdraw/", confirmed).status_code == 302
    assert Withdrawal.objects.get().amount == 1500
    assert saver.money == ("5000.00", "1502.00")


@pytest.mark.parametrize(
    ("amount", "why"), [("19", "At least 20.00"), ("5001", "rest of today"), ("4998.50", "Not enough available")]
)
def test_what_cannot_be_paid_out_is_said_before_a_code_is_asked(browser: Client, amount: str, why: str) -> None:
    CashierTerms.objects.update(withdrawal_daily_max=5000)
    wish = {"key": key_in(page(browser, "/wallet/withdraw/")), "beneficiary": str(Beneficiary.objects.get().pk)}
    answer = browser.post("/wallet/withdraw/", wish | {"amount": amount}).content.decode()
    assert why in answer
    assert "Confirm the withdrawal" not in answer


def test_a_withdrawal_is_cancelled_until_it_is_approved(browser: Client, saver: Customer, fay: object) -> None:
    withdrawal = saver.withdraw("100", at=LATER)
    assert "Cancel the withdrawal" in page(browser, "/wallet/withdraw/")
    browser.post(f"/wallet/withdrawals/{withdrawal.pk}/cancel/")
    assert Withdrawal.objects.get().state == "cancelled"
    second = saver.withdraw("100", at=LATER)
    approve_withdrawal(withdrawal_id=second.pk, decided_by=fay.pk, now=LATER)  # type: ignore[attr-defined]
    answer = browser.post(f"/wallet/withdrawals/{second.pk}/cancel/", follow=True).content.decode()
    assert "Its state doesn&#x27;t allow this any more" in answer


def test_a_beneficiary_is_added_waits_and_is_removed(browser: Client, saver: Customer) -> None:
    fields = {"currency": "USDT", "label": "vault", "address": "T" * 30, "code": "000000"}
    assert "code is wrong" in browser.post("/wallet/beneficiaries/add/", fields).content.decode()
    bad = browser.post("/wallet/beneficiaries/add/", fields | {"address": "a b"}).content.decode()
    assert "This is no address" in bad
    assert browser.post("/wallet/beneficiaries/add/", fields | {"code": saver.code(LATER)}).status_code == 302
    added = Beneficiary.objects.get(label="vault")
    shown = page(browser, "/wallet/withdraw/")
    assert f'data-until="{added.usable_from.isoformat()}"' in shown
    assert f'<option value="{added.pk}"' not in shown
    browser.post(f"/wallet/beneficiaries/{added.pk}/remove/")
    assert "vault" not in page(browser, "/wallet/withdraw/")


def test_what_belongs_to_others_is_not_there(browser: Client, other_payer: Customer) -> None:
    deposit = other_payer.stored_deposit()
    withdrawal = other_payer.stored_withdrawal()
    assert browser.get(f"/wallet/deposits/{deposit.pk}/").status_code == 404
    assert browser.post(f"/wallet/withdrawals/{withdrawal.pk}/cancel/").status_code == 404
    assert browser.post(f"/wallet/beneficiaries/{withdrawal.beneficiary_id}/remove/").status_code == 404
    mine = {"key": "018e5a6e-8b1c-7abc-8def-0123456789ab", "amount": "100"}
    answer = browser.post("/wallet/withdraw/", mine | {"beneficiary": str(withdrawal.beneficiary_id)})
    assert "Select a valid choice" in answer.content.decode()


def test_where_there_is_no_real_money_the_pages_say_so(alice: Person, client: Client) -> None:
    client.force_login(alice.user)
    for path in ("/wallet/deposit/", "/wallet/withdraw/"):
        assert "There is no real money here at the moment" in page(client, path)
    answer = client.post("/wallet/deposit/", {"key": "x", "currency": "USDT", "amount": "100"})
    assert (answer.status_code, Deposit.objects.count()) == (200, 0)


def test_without_a_second_factor_it_asks_for_one_first(terms: object, alice: Person, client: Client) -> None:
    client.force_login(alice.user)
    for path in ("/wallet/withdraw/", "/wallet/beneficiaries/add/"):
        assert "Set up a second factor first" in page(client, path)


@pytest.mark.parametrize("path", ["/wallet/deposit/", "/wallet/withdraw/", "/wallet/beneficiaries/add/"])
def test_visitors_sign_in_first(client: Client, db: None, path: str) -> None:
    assert client.get(path)["Location"].startswith("/accounts/login/")


def test_older_ones_are_on_the_next_page(browser: Client, saver: Customer) -> None:
    for n in range(22):
        saver.deposit("10", key=f"old {n}", at=NOON + timedelta(seconds=n))
    first = page(browser, "/wallet/deposit/")
    older = re.search(r'href="(\?before=[0-9a-f-]{36})"', first)
    assert older
    assert "Newest" in page(browser, "/wallet/deposit/" + older[1])
    assert browser.get("/wallet/deposit/?before=x").status_code == 404
