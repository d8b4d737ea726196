"""Many orders at the same moment, each over its own connection."""

from collections import Counter
from decimal import Decimal
from functools import partial
from itertools import chain
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.domain.errors import IdempotencyKeyReused, Refusal
from accounts.domain.ledger.transfers import Move, Phase, TransferKind
from accounts.models import LedgerAccount
from accounts.steps.post_transfers import post_transfers
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from trading.domain.errors import InsufficientForStake
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.services.orders.open_trades import Accepted, open_trade, open_trades
from trading.tests.cast import SYMBOL, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


def order(who: Trader, key: str, stake: int = 10) -> Order:
    return Order(who.user.pk, key, SYMBOL, Direction.UP, Decimal(stake), 60)


def leave(who: Trader, amount: int) -> None:
    """Take money out of a wallet until this amount is left."""
    funding = LedgerAccount.objects.get(kind="funding").pk
    surplus = who.wallet.available - amount
    out = Move(TransferKind.RETURN, Phase.SINGLE, who.wallet.id, funding, surplus, "USDT", True, uuid4())
    with transaction.atomic():
        post_transfers([out], now=NOON)


@pytest.mark.long
def test_of_200_orders_of_10_on_a_balance_of_100_exactly_10_are_accepted() -> None:
    alice, _ = trader("alice"), open_stage()
    leave(alice, 100)

    def place(hand: int) -> list[type]:
        results = [open_trades([order(alice, f"order-{hand}-{n}")], clock=standing(NOON))[0] for n in range(10)]
        return [type(result) for result in results]

    # Twenty hands, as many as there are connections: this test isn't about the queue for connections.
    hands = at_once([partial(place, hand) for hand in range(20)])

    assert not [hand for hand in hands if isinstance(hand, Exception)]
    assert Counter(chain.from_iterable(hands)) == {Accepted: 10, InsufficientForStake: 190}  # type: ignore[arg-type]
    assert (alice.wallet.balance, alice.wallet.held, alice.wallet.available) == (100, 100, 0)
    assert FlashTrade.objects.count() == 10
    assert_the_ledger_balances()


def test_one_key_sent_many_times_at_once_is_one_trade_and_one_stake() -> None:
    alice, _ = trader("alice"), open_stage()

    results = at_once([partial(open_trade, order(alice, "key"), clock=standing(NOON)) for _ in range(12)])

    trades = [result for result in results if isinstance(result, Accepted)]
    assert len(trades) == 12
    assert len({result.trade.pk for result in trades}) == 1
    assert Counter(result.replayed for result in trades) == {False: 1, True: 11}
    assert (alice.wallet.held, FlashTrade.objects.count()) == (10, 1)


def test_one_key_with_two_orders_at_once_is_one_trade_and_one_refusal() -> None:
    alice, _ = trader("alice"), open_stage()
    results = at_once([partial(open_trade, order(alice, "key", stake), clock=standing(NOON)) for stake in (10, 20)])
    assert Counter(type(result) for result in results) == {Accepted: 1, IdempotencyKeyReused: 1}
    assert FlashTrade.objects.count() == 1


def test_batches_over_the_same_wallets_in_opposite_order_never_deadlock() -> None:
    people, _ = [trader(f"trader{n}") for n in range(6)], open_stage()

    def place(turn: int) -> list[Accepted | Refusal]:
        ordered = people if turn % 2 else people[::-1]
        return open_trades([order(who, f"{turn}-{n}") for n in range(5) for who in ordered], clock=standing(NOON))

    results = at_once([partial(place, turn) for turn in range(8)])

    assert [type(result) for result in results] == [list] * 8
    assert {who.wallet.held for who in people} == {Decimal(8 * 5 * 10)}
    assert_the_ledger_balances()
