"""Top-ups and resets of a demo wallet: always to 10,000.00, never above it, also in parallel with other changes."""

from collections import Counter
from decimal import Decimal
from functools import partial
from itertools import count
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_django import Settings

from accounts.domain.errors import NotFound
from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.domain.ledger.wallets import DEMO_GRANT, DemoOnly, FundsHeld, NothingToTopUp
from accounts.domain.limits.exclusions import SelfExcluded
from accounts.models import Transfer
from accounts.selectors.ledger.wallets import Wallet
from accounts.services.ledger.reset_demo_wallet import reset_demo_wallet
from accounts.services.ledger.top_up_demo_wallet import top_up_demo_wallet
from accounts.services.limits.self_exclude import self_exclude
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, Person, person, standing
from accounts.tests.threads import at_once


def top_up(who: Person) -> Wallet:
    return top_up_demo_wallet(user_id=who.user.pk, wallet_id=who.wallet.id, now=NOON)


def reset(who: Person) -> Wallet:
    return reset_demo_wallet(user_id=who.user.pk, wallet_id=who.wallet.id, now=NOON)


def change(who: Person, amount: str, phase: Phase = Phase.SINGLE) -> None:
    """Lets the wallet win this amount, lose it (below zero), or hold it."""
    house = open_operator_accounts(currency="USDT", demo=True, now=NOON)[AccountKind.HOUSE]
    wins = not amount.startswith("-") and phase is Phase.SINGLE
    source, target = (house, who.wallet.id) if wins else (who.wallet.id, house)
    kind = TransferKind.PAYOUT if wins else TransferKind.STAKE
    with transaction.atomic():
        post_transfers([Move(kind, phase, source, target, abs(Decimal(amount)), "USDT", True, uuid4())], now=NOON)


def test_a_top_up_brings_the_wallet_to_ten_thousand(alice: Person) -> None:
    change(alice, "-9999.99")
    assert top_up(alice).balance == DEMO_GRANT
    assert list(Transfer.objects.order_by("id").values_list("kind", "amount"))[-1] == ("grant", Decimal("9999.99"))


def test_a_top_up_counts_what_is_staked(alice: Person) -> None:
    change(alice, "9000", Phase.PENDING)
    with pytest.raises(NothingToTopUp):
        top_up(alice)


@pytest.mark.parametrize("won", [None, "0.01", "500"])
def test_it_refuses_to_top_up_at_ten_thousand_or_above(alice: Person, won: str | None) -> None:
    if won:
        change(alice, won)
    before = alice.wallet
    with pytest.raises(NothingToTopUp):
        top_up(alice)
    assert alice.wallet == before


@pytest.mark.parametrize(("amount", "kind"), [("-9000", "grant"), ("9000", "return")])
def test_a_reset_makes_it_ten_thousand_from_both_sides(alice: Person, amount: str, kind: str) -> None:
    change(alice, amount)
    assert reset(alice).balance == DEMO_GRANT
    assert list(Transfer.objects.order_by("id").values_list("kind", "amount"))[-1] == (kind, Decimal(9000))


def test_a_reset_of_ten_thousand_moves_nothing(alice: Person) -> None:
    before = alice.wallet
    assert reset(alice) == before


def test_it_refuses_to_reset_while_a_stake_is_held(alice: Person) -> None:
    change(alice, "1", Phase.PENDING)
    with pytest.raises(FundsHeld):
        reset(alice)


@pytest.mark.parametrize("act", [top_up_demo_wallet, reset_demo_wallet])
def test_real_wallets_are_neither_topped_up_nor_reset(alice: Person, settings: Settings, act: partial[Wallet]) -> None:
    settings.REAL_CURRENCIES = ("USDT",)
    wallet = alice.pay_in("1")
    with pytest.raises(DemoOnly):
        act(user_id=alice.user.pk, wallet_id=wallet.id, now=NOON)


@pytest.mark.parametrize("act", [top_up_demo_wallet, reset_demo_wallet])
def test_another_persons_wallet_does_not_exist(alice: Person, bob: Person, act: partial[Wallet]) -> None:
    with pytest.raises(NotFound):
        act(user_id=alice.user.pk, wallet_id=bob.wallet.id, now=NOON)


@pytest.mark.parametrize("act", [top_up, reset])
def test_it_is_no_way_around_a_self_exclusion(alice: Person, act: partial[Wallet]) -> None:
    change(alice, "-1")
    self_exclude(user_id=alice.user.pk, months=6, clock=standing(NOON))
    with pytest.raises(SelfExcluded):
        act(alice)
    assert alice.wallet.balance == 9999


NUMBERS = count()
STEPS = st.lists(
    st.one_of(
        st.sampled_from(["top_up", "reset"]),
        st.decimals(min_value=-9000, max_value=9000, places=2).filter(bool).map(str),
        st.decimals(min_value="0.01", max_value=3000, places=2).map(lambda held: f"held {held}"),
    ),
    max_size=12,
)


@pytest.mark.long
@given(steps=STEPS)
@settings(max_examples=60)
def test_after_any_history_each_ends_at_ten_thousand_or_refuses(db: None, steps: list[str]) -> None:
    who = person(f"alice{next(NUMBERS)}")
    for step in steps:
        _take(who, step)
    assert_the_ledger_balances()


def _take(who: Person, step: str) -> None:
    before = who.wallet
    if step == "top_up":
        if before.balance >= DEMO_GRANT:
            with pytest.raises(NothingToTopUp):
                top_up(who)
        else:
            assert top_up(who).balance == DEMO_GRANT
    elif step == "reset":
        if before.held:
            with pytest.raises(FundsHeld):
                reset(who)
        else:
            assert (reset(who).balance, who.wallet.held) == (DEMO_GRANT, 0)
    else:
        _, _, held = step.rpartition("held ")
        if before.available + Decimal(step if held == step else f"-{held}") >= 0:
            change(who, held, Phase.PENDING if held != step else Phase.SINGLE)


@pytest.mark.django_db(transaction=True)
def test_topped_up_many_times_at_once_it_is_granted_once() -> None:
    alice = person("alice")
    change(alice, "-600")
    results = at_once([partial(top_up, alice)] * 6 + [partial(reset, alice)] * 2)
    assert Counter(map(type, results))[NothingToTopUp] >= 5
    assert alice.wallet.balance == DEMO_GRANT
    assert Transfer.objects.filter(kind="grant").count() == 2
    assert_the_ledger_balances()
