"""Due trades, second by second, compared with the same rule applied to one trade after the other."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import pytest

from accounts.tests.cast import NOON
from trading.domain.prices import Source
from trading.models import CloseOrder, FlashTrade, PriceHead
from trading.selectors.due import due_closes, due_entries, due_windows, instruments_with_due_trades
from trading.selectors.trades import trade_counts
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, open_one

GRACE, WAIT = timedelta(minutes=5), timedelta(seconds=5)
SECONDS = [second for begin in (40, 340) for second in range(begin, begin + 90)] + [*range(130, 340, 30), 430, 499]
"""Each second at which a trade of the book falls due, or its grace is over; and some of those between."""


@pytest.fixture
def book(stage: Stage, alice: Trader, bob: Trader) -> Stage:
    """Trades of every state, until 12:02: settled, open, open with a waiting close order, and pending."""
    scene, sold_or_not = open_one(stage, alice, seconds=60)
    bob.place(at=at(41.5), seconds=15)
    scene.go_to(60)
    ask(sold_or_not, now=at(60.5))
    alice.place(at=at(60.25), seconds=30)
    stage.price(at(61), "60001.00")
    settle_due_trades(instrument=stage.instrument.symbol, now=at(61))
    bob.place(at=at(61.5), seconds=60)
    alice.place(at=at(61.5), seconds=15)
    assert set(FlashTrade.objects.values_list("state", flat=True)) == {"pending", "open", "settled"}
    assert CloseOrder.objects.filter(state="waiting").exists()
    return stage


def head(stage: Stage, second: datetime) -> PriceHead:
    return PriceHead(instrument=stage.instrument, priced_at=second, price="60001.00", source=Source.SIMULATED)


def keys(trades: Iterable[FlashTrade]) -> set[tuple[object, ...]]:
    return {(t.direction, t.entry_at, t.expires_at, t.demo, t.rule_version) for t in trades}


@pytest.mark.long
@pytest.mark.parametrize("newest_is_known", [True, False])
def test_what_is_due_is_what_has_come(book: Stage, newest_is_known: bool) -> None:
    trades = list(FlashTrade.objects.all())
    closes = list(CloseOrder.objects.filter(state="waiting"))
    under_way = [trade for trade in trades if trade.state != "settled"]
    pending = [trade for trade in trades if trade.state == "pending"]
    for second in SECONDS:
        now, newest = at(second), head(book, at(second)) if newest_is_known else None
        by = now if newest_is_known else now - GRACE

        entering = {(trade.entry_at, trade.rule_version) for trade in pending if trade.entry_at <= now}
        assert {(entry, rules.version) for entry, rules in due_entries(book.instrument, now)} == entering
        closing = [close for close in closes if close.close_at <= by]
        assert due_closes(book.instrument, newest=newest, now=now, limit=9) == closing
        lost = [trade for trade in pending if newest and trade.entry_at <= now - WAIT]
        settling = keys([trade for trade in under_way if trade.expires_at <= by] + lost)
        windows = due_windows(book.instrument, newest=newest, now=now, limit=9)
        assert {(w.direction, w.entry_at, w.expires_at, w.demo, w.rule_version) for w in windows} == settling


@pytest.mark.long
def test_an_instrument_is_due_with_the_first_of_its_trades(book: Stage) -> None:
    symbol = book.instrument.symbol
    closes = list(CloseOrder.objects.filter(state="waiting"))
    under_way = list(FlashTrade.objects.exclude(state="settled"))
    answers = set()
    for second in range(40, 200):
        come = [trade for trade in under_way if trade.expires_at <= at(second)]
        due = bool(
            come
            or [trade for trade in under_way if trade.state == "pending" and trade.entry_at <= at(second)]
            or [close for close in closes if close.close_at <= at(second)]
        )
        assert instruments_with_due_trades(at(second)) == [symbol] * due
        assert instruments_with_due_trades(at(second), among=[symbol]) == [symbol] * due
        assert instruments_with_due_trades(at(second), among=["ETH-USDT"]) == []
        assert trade_counts(overdue_before=at(second)).overdue == len(come)
        answers.add(due)
    assert answers == {True, False}


def test_a_window_is_the_earliest_when_there_are_more_than_are_asked_for(book: Stage) -> None:
    (window,) = due_windows(book.instrument, newest=head(book, NOON + GRACE), now=NOON + GRACE, limit=1)
    assert window.expires_at == min(trade.expires_at for trade in FlashTrade.objects.exclude(state="settled"))
