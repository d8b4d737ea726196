from functools import partial

import pytest
from pytest_django import Settings

from accounts.domain.ledger.wallets import CurrencyNotOffered
from accounts.domain.limits.exclusions import SelfExcluded
from accounts.models import LedgerAccount
from accounts.selectors.ledger.wallets import wallets_of
from accounts.services.ledger.open_wallet import open_wallet
from accounts.services.limits.self_exclude import self_exclude
from accounts.tests.cast import NOON, Person, person, standing
from accounts.tests.threads import at_once


@pytest.fixture(autouse=True)
def _real_money(settings: Settings) -> None:
    settings.REAL_CURRENCIES = ("USDT", "KRW")


def test_a_real_wallet_opens_empty_beside_the_demo_wallet(alice: Person) -> None:
    wallet, is_new = open_wallet(user_id=alice.user.pk, currency="USDT", now=NOON)
    assert is_new
    assert (wallet.demo, wallet.currency, wallet.balance) == (False, "USDT", 0)
    assert alice.wallet.balance == 10000
    kinds = LedgerAccount.objects.filter(currency="USDT", demo=False, owner=None).values_list("kind", flat=True)
    assert set(kinds) == {"house", "funding", "fees", "bonus"}


def test_opening_it_again_changes_nothing(alice: Person) -> None:
    first, _ = open_wallet(user_id=alice.user.pk, currency="KRW", now=NOON)
    assert open_wallet(user_id=alice.user.pk, currency="KRW", now=NOON) == (first, False)


@pytest.mark.parametrize("currency", ["BTC", "EUR", "usdt", ""])
def test_it_refuses_a_currency_that_the_operator_has_not_enabled(alice: Person, currency: str) -> None:
    with pytest.raises(CurrencyNotOffered):
        open_wallet(user_id=alice.user.pk, currency=currency, now=NOON)
    assert len(wallets_of(alice.user.pk)) == 1


def test_an_excluded_person_opens_none(alice: Person) -> None:
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    with pytest.raises(SelfExcluded):
        open_wallet(user_id=alice.user.pk, currency="USDT", now=NOON)


@pytest.mark.django_db(transaction=True)
def test_opened_by_many_at_once_it_is_one_wallet() -> None:
    alice = person("alice")
    results = at_once([partial(open_wallet, user_id=alice.user.pk, currency="USDT", now=NOON)] * 6)
    assert sorted(is_new for _, is_new in results) == [False] * 5 + [True]  # type: ignore[misc]
    assert len({wallet.id for wallet, _ in results}) == 1  # type: ignore[misc]
