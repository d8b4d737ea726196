"""Refused closes leave nothing behind."""

from datetime import timedelta
from decimal import Decimal

import pytest

from accounts.domain.errors import NotFound, Refusal
from trading.domain.early_close import (
    ClosingPaused,
    NothingOffered,
    OfferMoved,
    TooLateToClose,
    TradeEnded,
    TradeNotEntered,
)
from trading.domain.errors import StalePrice
from trading.domain.terms import Status
from trading.models import CloseOrder
from trading.selectors.offers import offer_of
from trading.tests.cast import Stage, Trader
from trading.tests.closing import Scene, ask, at, open_one, order_of, set_status


def test_a_settled_trade_is_refused(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice, seconds=15)
    scene.go_to(56)
    with pytest.raises(TradeEnded):
        ask(trade, now=at(56))


def test_before_entry_it_is_refused(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    with pytest.raises(TradeNotEntered):
        ask(trade, now=at(0.5))


@pytest.mark.parametrize(("seconds", "left"), [(15, "3.75"), (30, "7.5"), (60, "15"), (300, "15")])
def test_the_last_seconds_are_too_late(stage: Stage, alice: Trader, seconds: int, left: str) -> None:
    """The deciding second is at least this long before the expiry."""
    scene, trade = open_one(stage, alice, seconds=seconds)
    last = int((trade.expires_at - at(0)) / timedelta(seconds=1) - float(left))
    scene.go_to(last - 1)
    with pytest.raises(TooLateToClose):
        ask(trade, now=at(last - 0.999))
    ask(trade, now=at(last - 1))
    scene.go_to(last)
    trade.refresh_from_db()
    assert (trade.outcome, trade.sold_priced_at) == ("sold", at(last))


def test_on_a_stale_price_it_is_refused(stage: Stage, alice: Trader) -> None:
    _, trade = open_one(stage, alice)
    with pytest.raises(StalePrice):
        ask(trade, now=at(43.001))
    ask(trade, now=at(43))


def test_on_a_clock_that_is_behind_it_is_refused(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    scene.go_to(45)
    with pytest.raises(StalePrice):
        ask(trade, now=at(43.5))


@pytest.mark.parametrize("shut", [Status.PAUSED, Status.RETIRED])
def test_a_paused_instrument_refuses_and_one_that_only_closes_does_not(
    stage: Stage, alice: Trader, shut: Status
) -> None:
    scene, trade = open_one(stage, alice)
    set_status(shut)
    with pytest.raises(ClosingPaused):
        ask(trade, now=at(41.5))
    set_status(Status.CLOSE_ONLY)
    ask(trade, now=at(41.5))
    set_status(Status.PAUSED)
    scene.go_to(43)
    trade.refresh_from_db()
    assert trade.outcome == "sold"


def test_an_offer_below_the_minimum_is_told(stage: Stage, alice: Trader) -> None:
    _, trade = open_one(stage, alice)
    found = offer_of(trade, min_price=None, now=at(41.5))
    with pytest.raises(OfferMoved) as refused:
        ask(trade, now=at(41.5), min_price=str(found.amount + Decimal("0.01")))
    assert refused.value.extra == {"offer": f"{found.amount:.2f}"}
    ask(trade, now=at(41.5), min_price=str(found.amount))


def test_too_short_a_history_offers_nothing(stage: Stage, alice: Trader) -> None:
    trade = alice.place()
    Scene(stage).go_to(20)
    trade.refresh_from_db()
    with pytest.raises(NothingOffered):
        ask(trade, now=at(20.5))


def test_a_hopeless_trade_has_no_offer_and_its_order_lapses(stage: Stage, alice: Trader) -> None:
    scene, trade = open_one(stage, alice)
    ask(trade, now=at(41.5))
    scene.go_to(43, "50000.00")
    assert order_of(trade).lapse_reason == "nothing-offered"
    with pytest.raises(NothingOffered):
        ask(trade, now=at(43.5))


def test_another_persons_trade_is_not_found(stage: Stage, alice: Trader, bob: Trader) -> None:
    _, trade = open_one(stage, alice)
    with pytest.raises(NotFound):
        ask(trade, now=at(41.5), by=bob.user.pk)
    assert not CloseOrder.objects.exists()


def test_every_refusal_is_known() -> None:
    codes = {refusal.code for refusal in Refusal.__subclasses__() if refusal.__module__ == "trading.domain.early_close"}
    assert codes == {
        "trade-not-entered", "trade-ended", "too-late-to-close", "closing-paused", "close-under-way",
        "nothing-offered", "offer-moved", "too-many-closes",
    }  # fmt: skip
