from decimal import Decimal

import pytest
from pytest_django import Settings

from accounts.models import Transfer
from accounts.tests.audit import assert_the_ledger_balances
from trading.domain.corrections import amount_returned
from trading.domain.early_close import CloseUnderWay, TooManyCloses, TradeEnded
from trading.domain.errors import RealMoneyNeedsLivePrices
from trading.domain.prices import Source
from trading.domain.terms import Direction
from trading.models import CloseOrder, FlashTrade
from trading.selectors.due import instruments_with_due_trades
from trading.services.orders import close_trade
from trading.tests.cast import Stage, Trader
from trading.tests.closing import ask, at, book_faults, open_one, order_of


def test_it_is_sold_by_the_first_price_a_second_later_or_more(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    scene.go_to(50)

    closing = ask(trade, now=at(50.3))
    scene.go_to(51, "50000.00")  # known too early: it decides nothing
    assert (closing.replayed, order_of(trade).close_at, order_of(trade).state) == (False, at(52), "waiting")
    scene.go_to(52, "60030.00")

    trade.refresh_from_db()
    assert (trade.state, trade.outcome, trade.settled_at) == ("settled", "sold", at(52))
    assert (trade.sold_at_price, trade.sold_priced_at) == (Decimal("60030.00"), at(52))
    assert trade.exit_price is None
    assert trade.sale is not None
    assert 85 < trade.sale < 95
    assert order_of(trade).offer == trade.sale


def test_the_money_moves_once_and_the_books_are_right(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.go_to(43, "60030.00")
    scene.go_to(130)

    trade.refresh_from_db()
    assert trade.sale is not None
    moves = list(Transfer.objects.filter(reference=trade.pk).order_by("id").values_list("kind", "phase", "amount"))
    assert moves == [
        ("stake", "pending", trade.stake),
        ("stake", "post", trade.stake),
        ("sale", "single", trade.sale),
    ]
    assert trade.profit == trade.sale - 100
    assert (alice.wallet.balance, alice.wallet.held) == (10000 + trade.profit, 0)
    assert_the_ledger_balances()
    assert book_faults() == []


def test_a_loser_is_sold_for_less_than_its_stake(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.go_to(43, "59990.00")
    trade.refresh_from_db()
    assert trade.profit is not None
    assert -100 < trade.profit < 0
    assert alice.wallet.balance == 10000 + trade.profit
    assert amount_returned(trade.profit) == -trade.profit
    assert book_faults() == []


def test_below_the_minimum_it_lapses_and_goes_on(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="60")
    scene.go_to(43, "59990.00")

    trade.refresh_from_db()
    lapsed = order_of(trade)
    assert (trade.state, lapsed.state, lapsed.lapse_reason) == ("open", "lapsed", "below-minimum")
    assert lapsed.offer is not None
    assert lapsed.offer < 60
    scene.go_to(101)
    trade.refresh_from_db()
    assert trade.outcome in ("won", "lost", "tied")


def test_a_lapsed_one_can_be_asked_again(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="60")
    scene.go_to(43, "59990.00")
    scene.go_to(50)
    ask(trade, now=at(50.5), min_price="50")
    scene.go_to(52)
    assert ask(trade, now=at(53), min_price="50").replayed
    with pytest.raises(TradeEnded):  # the order that lapsed sold nothing
        ask(trade, now=at(53), min_price="60")
    assert list(CloseOrder.objects.filter(trade=trade).values_list("state", flat=True)) == ["sold", "lapsed"]


def test_a_trade_takes_so_many_close_orders(stage: Stage, alice: Trader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(close_trade, "CLOSES_MAX", 2)
    scene, trade = open_one(stage, alice)
    for second, falls_to in ((42, "59990.00"), (46, "59900.00")):
        scene.go_to(second)
        ask(trade, now=at(second + 0.3), min_price="60")
        assert ask(trade, now=at(second + 0.4), min_price="60").replayed
        scene.go_to(second + 2, falls_to)
    scene.go_to(49)
    assert [order.state for order in CloseOrder.objects.filter(trade=trade)] == ["lapsed", "lapsed"]
    with pytest.raises(TooManyCloses):
        ask(trade, now=at(49.3))
    scene.go_to(130)
    trade.refresh_from_db()
    assert trade.outcome in {"won", "lost", "tied"}


def test_without_a_price_in_time_it_lapses(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.skip_to(45)
    scene.go_to(46)
    assert (order_of(trade).lapse_reason, order_of(trade).offer) == ("no-price", None)
    trade.refresh_from_db()
    assert trade.state == "open"


def test_two_seconds_late_is_in_time(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.skip_to(44)
    scene.go_to(45)
    trade.refresh_from_db()
    assert (trade.outcome, trade.sold_priced_at) == ("sold", at(45))


def test_a_feed_that_stops_voids_the_trade_after_all(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.settle(101 + 299)
    assert order_of(trade).state == "lapsed"
    scene.settle(101 + 300)
    trade.refresh_from_db()
    assert (trade.outcome, alice.wallet.balance, alice.wallet.held) == ("voided", 10000, 0)


def test_asking_again_is_answered_with_how_it_stands(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5), min_price="50")
    again = ask(trade, now=at(42.5), min_price="50.00")
    assert (again.replayed, order_of(trade).close_at) == (True, at(43))
    with pytest.raises(CloseUnderWay):
        ask(trade, now=at(42.6), min_price="51")
    scene.go_to(43)
    sold = ask(trade, now=at(500), min_price="50")
    assert (sold.replayed, sold.trade.outcome) == (True, "sold")
    for other in ("77", "49.99", None):
        with pytest.raises(TradeEnded):
            ask(trade, now=at(500), min_price=other)
    assert CloseOrder.objects.count() == 1


def test_the_sweep_finds_what_waits(stage: Stage, alice: Trader) -> None:
    _, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    assert instruments_with_due_trades(at(42.9)) == []
    assert instruments_with_due_trades(at(43)) == ["BTC-USDT"]


def test_the_price_that_decides_says_that_it_is_due(stage: Stage, alice: Trader) -> None:
    _, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    assert stage.price(at(42), "60000.00").due == ()
    assert stage.price(at(43), "60000.00").due == ("BTC-USDT",)


def test_many_are_decided_together(stage: Stage, alice: Trader, bob: Trader) -> None:
    scene, first = open_one(stage, alice)
    for n, direction in enumerate([*Direction] * 2):
        (alice, bob)[n % 2].place(at=at(41), direction=direction, stake="7.77")
    scene.go_to(43)
    trades = list(FlashTrade.objects.filter(state="open").order_by("id"))
    for n, trade in enumerate(trades):
        ask(trade, now=at(43 + n / 10))
    scene.go_to(46)
    assert len(trades) == 5
    assert set(FlashTrade.objects.values_list("outcome", flat=True)) == {"sold"}
    assert FlashTrade.objects.get(pk=first.pk).sold_priced_at == at(44)
    assert book_faults() == []


@pytest.fixture
def real_money(settings: Settings) -> None:
    settings.REAL_CURRENCIES = ["USDT"]


@pytest.mark.usefixtures("real_money")
def test_real_money_is_closed_on_live_prices_only(stage: Stage, alice: Trader) -> None:
    alice.pay_in("500")
    scene, trade = open_one(stage, alice, demo=False, source=Source.LIVE)
    ask(trade, now=at(41.5))
    scene.source = Source.SIMULATED
    scene.go_to(43)
    assert order_of(trade).lapse_reason == "simulated-price"
    with pytest.raises(RealMoneyNeedsLivePrices):
        ask(trade, now=at(43.5))
    scene.source = Source.LIVE
    scene.go_to(44)
    ask(trade, now=at(44.5))
    scene.go_to(46)
    trade.refresh_from_db()
    assert trade.outcome == "sold"
    assert alice.real_wallet.balance == 500 + (trade.profit or 0)
