"""The receipts of many orders at the same moment, each over its own connection; and random histories of them."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from decimal import Decimal
from functools import partial
from itertools import count, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.tests.cast import NOON, standing
from accounts.tests.threads import at_once
from trading.domain.orders import Order
from trading.domain.proof.jws import key_id
from trading.domain.proof.receipts import START, Receipt, read_receipt
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.models import Receipt as StoredReceipt
from trading.selectors.proof.proofs import public_keys
from trading.selectors.proof.receipt_faults import receipt_faults
from trading.selectors.proof.receipts import chain_of
from trading.services.orders.open_trades import Accepted, open_trades
from trading.services.proof.rotate_keys import rotate_keys
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader
from trading.wire.receipts import linked_receipt, receipt_of

pytestmark = pytest.mark.django_db(transaction=True)


def order(who: Trader, key: str, stake: str = "1") -> Order:
    return Order(who.user.pk, key, SYMBOL, Direction.UP, Decimal(stake), 60)


def chain(who: Trader) -> list[Receipt]:
    """The wallet's receipts, each with a valid signature."""
    keys = {key_id(public): public for public in public_keys()}
    return [read_receipt(str(linked_receipt(each)["receipt"]), keys) for each in chain_of(who.wallet.id)]


def assert_whole(receipts: Sequence[Receipt]) -> None:
    assert [receipt.number for receipt in receipts] == list(range(1, len(receipts) + 1))
    assert [receipt.previous for receipt in receipts[:1]] == [START.digest] * bool(receipts)
    assert all(after.previous == before.digest for before, after in pairwise(receipts))


def test_orders_of_one_wallet_at_once_are_one_chain_while_the_key_rotates() -> None:
    alice, bob, _ = trader("alice"), trader("bob"), open_stage()

    def place(hand: int) -> int:
        taken = 0
        for n in range(5):
            mine = [order(alice, f"a-{hand}-{n}"), order(bob, f"b-{hand}-{n}"), order(alice, f"c-{hand}-{n}")]
            taken += sum(isinstance(each, Accepted) for each in open_trades(mine, clock=standing(NOON)))
        return taken

    calls: list[Callable[[], object]] = [partial(place, hand) for hand in range(8)]
    calls.append(partial(rotate_keys, now=NOON))
    hands = at_once(calls)
    assert hands[:8] == [15] * 8
    for who, trades in ((alice, 80), (bob, 40)):
        receipts = chain(who)
        assert_whole(receipts)
        assert {receipt.trade for receipt in receipts} == {
            str(pk) for pk in FlashTrade.objects.filter(user=who.user).values_list("pk", flat=True)
        }
        assert len(receipts) == trades
    assert receipt_faults() == []


def test_one_key_sent_many_times_at_once_gets_one_receipt() -> None:
    alice, _ = trader("alice"), open_stage()

    def place() -> str | None:
        (result,) = open_trades([order(alice, "same")], clock=standing(NOON))
        assert isinstance(result, Accepted)
        return receipt_of(result.trade)

    texts = at_once([place] * 12)
    assert len(set(map(str, texts))) == 1
    assert StoredReceipt.objects.count() == 1


BATCHES = st.lists(
    st.lists(st.tuples(st.integers(0, 1), st.sampled_from(["1", "0.5", "2000"])), min_size=1, max_size=5),
    min_size=1,
    max_size=6,
)
runs = count()


@pytest.mark.long
@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(batches=BATCHES, rotated=st.sets(st.integers(0, 5)))
def test_in_every_history_each_accepted_order_has_its_place_in_its_chain(
    stage: Stage, alice: Trader, bob: Trader, batches: list[list[tuple[int, str]]], rotated: set[int]
) -> None:
    """Refused orders, replays, batches of several wallets, and new keys: nothing leaves a gap. The chains grow on."""
    run, people, accepted = next(runs), (alice, bob), []
    before = [len(chain(who)) for who in people]
    for n, batch in enumerate(batches):
        if n in rotated:
            rotate_keys(now=NOON + timedelta(seconds=n))
        orders = [order(people[who], f"{run}-{n}-{at % 3}", stake) for at, (who, stake) in enumerate(batch)]
        results = open_trades(orders, clock=standing(NOON))
        accepted += [str(r.trade.pk) for r in results if isinstance(r, Accepted) and not r.replayed]
    chains = [chain(who) for who in people]
    for whole in chains:
        assert_whole(whole)
    new = [receipt.trade for whole, old in zip(chains, before, strict=True) for receipt in whole[old:]]
    assert sorted(new) == sorted(accepted)
    assert receipt_faults() == []
