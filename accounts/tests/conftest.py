"""A small staff: fay of finance asks, rick and rosa of risk decide.

The cashier is open. Alice (`payer`) and bob (`other_payer`) are its customers.
"""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from accounts.domain.approvals.requests import Role
from accounts.models import CashierTerms, User
from accounts.tests.btcpay_server import API_KEY, SECRET, STORE, BTCPayServer, running
from accounts.tests.cast import Person, person
from accounts.tests.codes import App
from accounts.tests.staff import staff_member
from accounts.tests.till import Customer, customer, open_terms


@pytest.fixture
def alice(db: None) -> Person:
    return person("alice")


@pytest.fixture
def bob(db: None) -> Person:
    return person("bob")


@pytest.fixture
def fay(db: None) -> User:
    return staff_member("fay", Role.FINANCE)


@pytest.fixture
def rick(db: None) -> User:
    return staff_member("rick", Role.RISK)


@pytest.fixture
def rosa(db: None) -> User:
    return staff_member("rosa", Role.RISK)


@pytest.fixture
def terms(db: None, settings: Settings) -> CashierTerms:
    settings.REAL_CURRENCIES = ["USDT"]
    return open_terms()


@pytest.fixture
def payer(terms: CashierTerms, alice: Person) -> Customer:
    return customer(alice, App(alice.user))


@pytest.fixture
def other_payer(terms: CashierTerms, bob: Person) -> Customer:
    return customer(bob, App(bob.user))


@pytest.fixture
def saver(payer: Customer, fay: User) -> Customer:
    """A customer with 5,000 USDT and a beneficiary that is usable tomorrow."""
    payer.pay_in("5000", by=fay.pk)
    payer.beneficiary()
    return payer


@pytest.fixture
def btcpay(terms: CashierTerms, settings: Settings) -> Iterator[BTCPayServer]:
    """A BTCPay Server that takes the deposits in."""
    CashierTerms.objects.update(deposit_provider="btcpay", deposit_fee=0)
    with running() as server:
        settings.BTCPAY_URL, settings.BTCPAY_STORE = server.url, STORE
        settings.BTCPAY_API_KEY, settings.BTCPAY_WEBHOOK_SECRET = API_KEY, SECRET
        yield server
