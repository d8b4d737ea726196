"""Closing and settling at the same moment: in any order, a trade ends once and its money moves once."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from decimal import Decimal
from functools import partial
from itertools import count

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.domain.errors import Refusal
from accounts.models import Transfer
from accounts.tests.audit import assert_the_ledger_balances
from accounts.tests.threads import at_once
from trading.domain.early_close import CloseUnderWay, Known, LapseReason, OpenTrade, TradeEnded, amount_offered
from trading.domain.prices import PricePoint
from trading.domain.pricing import Position
from trading.domain.rules import rules_of
from trading.domain.terms import Direction
from trading.models import CloseOrder, FlashTrade, IndexPrice, Instrument
from trading.selectors.offers import open_trade_of
from trading.services.orders.close_trade import Closing
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader
from trading.tests.closing import ask, at, book_faults, open_one

pytestmark = pytest.mark.django_db(transaction=True)


def settling(second: float) -> Callable[[], object]:
    return partial(settle_due_trades, instrument=SYMBOL, now=at(second))


def assert_it_ended_once(trade: FlashTrade, owner: Trader) -> None:
    trade.refresh_from_db()
    assert trade.state == "settled"
    assert trade.profit is not None
    phases = Counter(Transfer.objects.filter(reference=trade.pk).values_list("kind", "phase"))
    assert phases["stake", "pending"] == 1
    assert phases["stake", "post"] + phases["stake", "void"] == 1
    assert phases["sale", "single"] == (trade.outcome == "sold")
    assert (owner.wallet.balance, owner.wallet.held) == (10000 + trade.profit, 0)
    assert book_faults() == []
    assert_the_ledger_balances()


def test_of_fifty_who_ask_one_is_taken_and_the_others_hear_of_it() -> None:
    alice = trader("alice")
    _, trade = open_one(open_stage(), alice)
    results = at_once([partial(ask, trade, now=at(41.5), min_price="50") for _ in range(50)])
    assert [result for result in results if isinstance(result, Exception)] == []
    assert Counter(result.replayed for result in results if not isinstance(result, Exception)) == {False: 1, True: 49}


def test_of_two_minimums_one_waits() -> None:
    alice = trader("alice")
    _, trade = open_one(open_stage(), alice)
    results = at_once([partial(ask, trade, now=at(41.5), min_price=str(50 + n % 2)) for n in range(20)])
    taken = [result for result in results if not isinstance(result, Exception)]
    assert Counter(result.replayed for result in taken) == {False: 1, True: 9}
    assert all(isinstance(result, CloseUnderWay) for result in results if isinstance(result, Exception))
    assert CloseOrder.objects.count() == 1


def test_of_two_minimums_after_the_sale_one_is_replayed_and_the_other_hears_that_the_trade_has_ended() -> None:
    alice = trader("alice")
    scene, trade = open_one(open_stage(), alice)
    ask(trade, now=at(41.5), min_price="50")
    scene.stage.price(at(42), "60000.00")
    scene.stage.price(at(43), "60010.00")
    asking: list[Callable[[], object]] = [partial(ask, trade, now=at(43), min_price=str(50 + n % 2)) for n in range(20)]
    results = at_once([*asking, settling(43)])[:20]
    for number, result in enumerate(results):
        if number % 2:  # before or after the settlement
            assert isinstance(result, CloseUnderWay | TradeEnded), result
        else:
            assert isinstance(result, Closing), result
            assert result.replayed
    assert_it_ended_once(trade, alice)
    assert CloseOrder.objects.count() == 1


def test_fifty_workers_sell_it_once() -> None:
    alice = trader("alice")
    scene, trade = open_one(open_stage(), alice)
    ask(trade, now=at(41.5))
    scene.stage.price(at(42), "60000.00")
    scene.stage.price(at(43), "60010.00")
    assert_no_errors(at_once([settling(43)] * 50))
    assert_it_ended_once(trade, alice)
    assert trade.outcome == "sold"


def test_a_sale_that_comes_late_still_comes_before_the_settlement() -> None:
    """No worker ran until long after the expiry. Fifty start at once, and the sale counts."""
    alice = trader("alice")
    scene, trade = open_one(open_stage(), alice)
    ask(trade, now=at(41.5))
    scene.stage.prices(at(42), ["60010.00"] * 68)
    assert_no_errors(at_once([settling(109)] * 50))
    assert_it_ended_once(trade, alice)
    assert (trade.outcome, trade.sold_priced_at) == ("sold", at(43))


@pytest.mark.long
def test_asking_and_settling_at_once_end_it_once() -> None:
    """Twenty-five ask in the last possible second, while twenty-five settle the due trades."""
    alice = trader("alice")
    scene, trade = open_one(open_stage(), alice)
    until = open_trade_of(trade).closable_until
    last = int((until - at(0)).total_seconds())
    scene.go_to(last - 1)
    asking: list[Callable[[], object]] = [partial(ask, trade, now=at(last - 1)) for _ in range(25)]
    results = at_once([*asking, *[settling(last - 1)] * 25])
    assert_no_errors(results)
    scene.stage.prices(at(last), ["60010.00"] * (102 - last))
    assert_no_errors(at_once([settling(101)] * 25 + [partial(ask, trade, now=at(101))] * 25))
    assert_it_ended_once(trade, alice)
    assert trade.outcome == "sold"


def assert_no_errors(results: Sequence[object]) -> None:
    assert [result for result in results if isinstance(result, Exception) and not isinstance(result, Refusal)] == []


NUMBERS = count()
SECONDS = st.integers(41, 110)
PRICES = st.lists(st.sampled_from([None, "59950.00", "60000.00", "60000.00", "60003.00", "60050.00"]), min_size=70)


@pytest.mark.long
@given(
    prices=PRICES.map(lambda prices: prices[:70]),
    closes=st.lists(st.tuples(SECONDS, st.sampled_from([None, "20", "80", "90", "150"])), max_size=6),
    settled_at=st.sets(SECONDS, max_size=10),
    direction=st.sampled_from(Direction),
    stake=st.sampled_from(["1", "33.33", "999.99"]),
)
@settings(max_examples=15)
def test_any_history_conserves_money(
    transactional_db: None,
    prices: list[str | None],
    closes: list[tuple[int, str | None]],
    settled_at: set[int],
    direction: Direction,
    stake: str,
) -> None:
    number = next(NUMBERS)
    symbol = f"P{number}-USDT"
    instrument = Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[60])
    owner, stage = trader(f"p{number}"), Stage(instrument)
    stage.price(at(0), "60000.00")
    _, trade = open_one(stage, owner, direction=direction, stake=stake)
    come = 41
    for second in sorted({asked for asked, _ in closes} | settled_at):
        stage.past((at(n), price) for n, price in enumerate(prices, start=42) if price and come < n <= second)
        come = second
        for asked, min_price in closes:
            if asked == second:
                with suppress(Refusal):
                    ask(trade, now=at(second + 0.25), min_price=min_price)
        if second in settled_at:
            settle_due_trades(instrument=symbol, now=at(second))
    stage.past((at(n), price) for n, price in enumerate(prices, start=42) if price and come < n)
    settle_due_trades(instrument=symbol, now=at(1000))
    assert_it_ended_once(trade, owner)
    assert not CloseOrder.objects.filter(state="waiting").exists()
    assert_each_close_order_is_as_the_series_says(trade)
    assert_only_the_order_that_sold_it_is_replayed(trade, {min_price for _, min_price in closes} | {None, "20"})


def assert_only_the_order_that_sold_it_is_replayed(trade: FlashTrade, minimums: set[str | None]) -> None:
    before = CloseOrder.objects.filter(trade=trade).count()
    sold_by = CloseOrder.objects.filter(trade=trade, state="sold").first()
    for min_price in minimums:
        asked = None if min_price is None else Decimal(min_price)
        if sold_by is not None and sold_by.min_price == asked:
            assert ask(trade, now=at(1000), min_price=min_price).replayed
        else:
            with pytest.raises(TradeEnded):
                ask(trade, now=at(1000), min_price=min_price)
    assert CloseOrder.objects.filter(trade=trade).count() == before


def assert_each_close_order_is_as_the_series_says(trade: FlashTrade) -> None:
    """Computed differently than in the service: the offer again, from the stored rows alone."""
    rows = IndexPrice.objects.filter(instrument=trade.instrument).order_by("priced_at")
    series = [PricePoint(at, price) for at, price in rows.values_list("priced_at", "price")]
    for order in trade.close_orders.all():
        first = next((n for n, point in enumerate(series) if point.priced_at >= order.close_at), None)
        if first is None or (series[first].priced_at - order.close_at).total_seconds() > 2:
            assert (order.state, order.lapse_reason) == ("lapsed", "no-price")
            continue
        amount = amount_offered(_while_open(trade), Known(series[: first + 1]))
        assert order.offer == amount
        enough = amount > 0 and (order.min_price is None or amount >= order.min_price)
        sold = (trade.sale, trade.sold_priced_at) == (amount, series[first].priced_at)
        assert (order.state == "sold") == enough == sold
        assert enough or order.lapse_reason == (LapseReason.BELOW_MINIMUM if amount else LapseReason.NOTHING_OFFERED)


def _while_open(trade: FlashTrade) -> OpenTrade:
    """The trade in its state before its end."""
    assert trade.entry_price is not None
    position = Position(
        Direction(trade.direction), trade.stake, trade.payout, trade.entry_price, Decimal("0.01"), trade.expires_at, 1
    )
    return OpenTrade(position, trade.currency, trade.entry_at, trade.demo, rules_of(trade.rule_version))
