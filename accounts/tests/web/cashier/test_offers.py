"""The money pages offer no action that would be refused, and give the reason."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from pytest_django import Settings

from accounts.domain.cashier.real_money import CashierClosed
from accounts.models import Beneficiary, CashierTerms, Deposit
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.limits.take_time_out import take_time_out
from accounts.tests.cast import NOON, Person, standing
from accounts.tests.till import TOMORROW, Customer, open_terms
from accounts.tests.wallet_changes import change
from accounts.tests.web.cashier.test_cashier_pages import page

pytestmark = pytest.mark.django_db(transaction=True)
LATER = TOMORROW + timedelta(hours=1)
TOP_UP, RESET = "Top up to 10,000.00", "Reset to 10,000.00"
DEPOSIT, WITHDRAW = "/wallet/deposit/?wallet=", "/wallet/withdraw/?wallet="


@pytest.fixture
def clock() -> Iterator[None]:
    with time_machine.travel(LATER, tick=False):
        yield


@pytest.fixture
def alices(alice: Person, client: Client, settings: Settings, clock: None) -> Client:
    """Gives alice a real wallet; the operator has enabled USDT, without terms."""
    settings.REAL_CURRENCIES = ["USDT"]
    client.force_login(alice.user)
    open_wallet(user_id=alice.user.pk, currency="USDT", now=NOON)
    return client


@pytest.fixture
def savers(saver: Customer, client: Client, clock: None) -> Client:
    client.force_login(saver.trader.user)
    return client


def test_a_currency_without_terms_is_not_open(alices: Client) -> None:
    assert "Deposits aren&#x27;t open at the moment: USDT" in escaped(page(alices, "/wallet/deposit/"))
    for path in ("/wallet/withdraw/", "/wallet/beneficiaries/add/"):
        assert "Withdrawals aren&#x27;t open at the moment: USDT" in escaped(page(alices, path))
        assert "There is no real money" not in page(alices, path)
    wallet = page(alices, "/wallet/")
    assert "Deposits and withdrawals aren&#x27;t open in this currency" in wallet
    assert DEPOSIT not in wallet
    assert WITHDRAW not in wallet


@pytest.mark.parametrize(
    ("terms", "offered", "why"),
    [
        ({}, (True, True), ""),
        ({"withdrawals_open": False}, (True, False), "Withdrawals aren&#x27;t open in this currency"),
        ({"deposits_open": False}, (False, True), "Deposits aren&#x27;t open in this currency"),
    ],
)
def test_the_wallet_offers_what_the_terms_open(
    alices: Client, terms: dict[str, Any], offered: tuple[bool, bool], why: str
) -> None:
    open_terms("USDT", **terms)
    wallet = page(alices, "/wallet/")
    assert (DEPOSIT in wallet, WITHDRAW in wallet) == offered
    assert why in wallet
    assert ("open in this currency" in wallet) == bool(why)


def test_the_form_says_which_currencies_are_missing(alices: Client, settings: Settings) -> None:
    open_terms()
    settings.REAL_CURRENCIES = ["KRW", "USDT"]
    assert "Deposits aren&#x27;t open at the moment: KRW" in escaped(page(alices, "/wallet/deposit/"))


@pytest.mark.parametrize("gone", ["terms", "second factor"])
def test_beneficiaries_are_listed_and_removed_also_when_the_cashier_is_closed(
    savers: Client, saver: Customer, gone: str
) -> None:
    assert "Add a beneficiary" in page(savers, "/wallet/withdraw/")
    if gone == "terms":
        CashierTerms.objects.all().delete()
    else:
        Authenticator.objects.filter(user=saver.trader.user).delete()
    shown = page(savers, "/wallet/withdraw/")
    assert "cold wallet" in shown
    assert "Add a beneficiary" not in shown
    savers.post(f"/wallet/beneficiaries/{Beneficiary.objects.get().pk}/remove/")
    assert "cold wallet" not in page(savers, "/wallet/withdraw/")


def test_without_terms_no_beneficiary_is_added(savers: Client, saver: Customer) -> None:
    CashierTerms.objects.all().delete()
    assert 'name="address"' not in page(savers, "/wallet/beneficiaries/add/")
    with pytest.raises(CashierClosed):
        saver.beneficiary("T" * 30, at=LATER)


def test_during_a_time_out_only_paying_out_is_offered(savers: Client, saver: Customer) -> None:
    before = page(savers, "/wallet/")
    assert all(offer in before for offer in (TOP_UP, RESET, DEPOSIT, WITHDRAW))
    take_time_out(user_id=saver.id, hours=24, clock=standing(LATER))
    wallet = page(savers, "/wallet/")
    assert "You have taken a time-out" in wallet
    assert [offer in wallet for offer in (TOP_UP, RESET, DEPOSIT, WITHDRAW)] == [False, False, False, True]
    deposit = page(savers, "/wallet/deposit/")
    assert "You have taken a time-out" in deposit
    assert 'name="amount"' not in deposit
    assert 'name="amount"' in page(savers, "/wallet/withdraw/")
    deposits = Deposit.objects.count()
    assert savers.post("/wallet/deposit/", {"currency": "USDT", "amount": "100"}).status_code == 200
    assert Deposit.objects.count() == deposits


def test_during_a_time_out_no_wallet_is_opened_but_winnings_of_demo_money_go_back(
    alice: Person, client: Client, settings: Settings, clock: None
) -> None:
    settings.REAL_CURRENCIES = ["USDT"]
    client.force_login(alice.user)
    change(alice, "5")
    assert "Open a wallet" in page(client, "/wallet/")
    take_time_out(user_id=alice.user.pk, hours=24, clock=standing(LATER))
    shown = page(client, "/wallet/")
    assert "Open a wallet" not in shown
    assert [offer in shown for offer in (TOP_UP, RESET)] == [False, True]
    client.post(f"/wallet/{alice.wallet.id}/reset/")
    assert alice.wallet.balance == 10000


@pytest.mark.parametrize(("currencies", "said"), [([], True), (["USDT"], False)])
def test_signing_up_promises_no_real_money_only_where_there_is_none(
    client: Client, settings: Settings, currencies: list[str], said: bool
) -> None:
    settings.REAL_CURRENCIES = currencies
    shown = page(client, "/accounts/signup/")
    assert ("No real money is involved" in shown) == said
    assert "10,000 USDT of demo money" in shown


def escaped(html: str) -> str:
    """Escapes a text as templates escape texts from Python. Templates' own texts aren't escaped."""
    return html.replace("'", "&#x27;")
