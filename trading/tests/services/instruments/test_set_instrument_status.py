"""The status of an instrument: set with a reason, in force at once, without effect on open trades."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from functools import partial
from typing import TypeVar

import pytest
from django.db import connections, transaction

from accounts.domain.approvals.made_from import mark_of
from accounts.domain.approvals.work import ChangedMeanwhile
from accounts.domain.errors import InvalidInput
from accounts.models import AuditEvent
from accounts.tests.cast import NOON, standing
from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once, until_waiting
from trading.domain.errors import InstrumentClosed, UnknownInstrument
from trading.domain.terms import Status
from trading.models import FlashTrade, Instrument
from trading.selectors.listings import held_instruments
from trading.services.instruments.set_instrument_status import set_instrument_status, standing_of
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
T = TypeVar("T")
LATER = NOON + timedelta(hours=1)
SECOND = timedelta(seconds=1)
REASON = "a venue is down"


@pytest.fixture
def market() -> Stage:
    return open_stage()


@pytest.fixture
def ann(market: Stage) -> Trader:
    return trader("ann")


def set_status(status: Status, reason: str = REASON) -> list[str]:
    return set_instrument_status(symbols=[SYMBOL], status=status, reason=reason, clock=standing(LATER))


@pytest.mark.parametrize("status", [Status.CLOSE_ONLY, Status.PAUSED, Status.RETIRED])
def test_no_status_but_open_takes_orders_and_all_let_trades_settle(ann: Trader, market: Stage, status: Status) -> None:
    trade = ann.place()
    before = FlashTrade.objects.filter(pk=trade.pk).values().get()

    assert set_status(status) == [SYMBOL]

    assert FlashTrade.objects.filter(pk=trade.pk).values().get() == before
    with pytest.raises(InstrumentClosed) as caught:
        ann.place()
    assert caught.value.extra == {"instrument_status": status, "reason": REASON}
    market.price(NOON + timedelta(seconds=1), "60000.00")
    market.price(NOON + timedelta(seconds=61), "60001.00")
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(seconds=61))
    trade.refresh_from_db()
    assert (trade.outcome, ann.wallet.balance) == ("won", 10085)


def test_each_status_means_what_it_says() -> None:
    meaning = {status: (status.takes_orders, status.allows_closing, status.listed) for status in Status}
    assert meaning == {
        Status.OPEN: (True, True, True),
        Status.CLOSE_ONLY: (False, True, True),
        Status.PAUSED: (False, False, True),
        Status.RETIRED: (False, False, False),
    }


def test_the_reason_and_the_change_are_kept(market: Stage) -> None:
    set_status(Status.PAUSED)
    instrument = Instrument.objects.get()
    assert (instrument.status, instrument.status_reason, instrument.status_since) == ("paused", REASON, LATER)
    event = AuditEvent.objects.filter(table="instruments", operation="UPDATE").latest("id")
    assert event.before == {"status": "open", "status_reason": "", "status_since": None}
    assert event.after == {"status": "paused", "status_reason": REASON, "status_since": "2026-03-01T13:00:00+00:00"}


def test_the_same_again_changes_nothing_and_opening_needs_no_reason(market: Stage) -> None:
    assert set_status(Status.OPEN, "") == []
    assert set_status(Status.PAUSED) == [SYMBOL]
    assert set_status(Status.PAUSED) == []
    assert set_status(Status.PAUSED, "another reason") == [SYMBOL]
    assert set_status(Status.OPEN, "") == [SYMBOL]


@pytest.mark.parametrize("reason", ["", "  ", "x" * 201, "nul\0", "\ud800"])
def test_without_a_sound_reason_nothing_changes(market: Stage, reason: str) -> None:
    with pytest.raises(InvalidInput):
        set_status(Status.PAUSED, reason)
    assert Instrument.objects.get().status == "open"


def test_an_unknown_instrument_changes_none(market: Stage) -> None:
    with pytest.raises(UnknownInstrument):
        set_instrument_status(symbols=[SYMBOL, "NO-USDT"], status=Status.PAUSED, reason=REASON, clock=standing(LATER))
    assert Instrument.objects.get().status == "open"


def test_when_a_pause_has_returned_no_order_is_taken_any_more(market: Stage) -> None:
    people = [trader(f"trader{n}") for n in range(8)]
    seen: list[int] = []

    def place(who: Trader) -> int:
        for n in range(15):
            try:
                who.place(stake="1")
            except InstrumentClosed:
                return n
        return 15

    def pause() -> int:
        set_status(Status.PAUSED)
        seen.append(FlashTrade.objects.count())
        return 0

    calls: list[Callable[[], int]] = [*[partial(place, who) for who in people], pause]
    results = at_once(calls)

    assert not [result for result in results if isinstance(result, Exception)]
    placed = [result for result in results if isinstance(result, int)]
    assert FlashTrade.objects.count() == seen[0] == sum(placed)


@pytest.mark.parametrize(
    "change", [partial(set_status, Status.PAUSED), lambda: Instrument.objects.update(liability_max=1000)]
)
def test_no_price_waits_for_a_change_that_waits_for_an_order(ann: Trader, change: Callable[[], object]) -> None:
    with ThreadPoolExecutor(2) as pool:
        with transaction.atomic():
            held_instruments([SYMBOL])  # an order in flight
            changing = pool.submit(alone, change)
            until_waiting()
            priced = pool.submit(alone, lambda: Stage(Instrument.objects.get()).price(NOON + SECOND, "60000.00"))
            assert priced.result(timeout=PATIENCE_SECONDS).published == (SYMBOL,)
            assert not changing.done()
        assert changing.result(timeout=PATIENCE_SECONDS)


def test_a_backup_holds_up_no_pause(market: Stage) -> None:
    with transaction.atomic():
        run_sql("LOCK TABLE order_gate, instruments IN ACCESS SHARE MODE")  # like pg_dump
        with ThreadPoolExecutor(1) as pool:
            assert pool.submit(alone, partial(set_status, Status.PAUSED)).result(timeout=PATIENCE_SECONDS) == [SYMBOL]


def alone(call: Callable[[], T]) -> T:
    """In a thread, whose connection ends with it."""
    try:
        return call()
    finally:
        connections.close_all()


def test_of_two_who_knew_the_same_standing_one_sets_the_status(market: Stage) -> None:
    known = {SYMBOL: mark_of(standing_of(market.instrument))}
    change = partial(set_instrument_status, symbols=[SYMBOL], clock=standing(LATER), made_from=known)
    wanted = [(Status.PAUSED, "wrong prices"), (Status.CLOSE_ONLY, "slow"), (Status.RETIRED, "over")]
    results = at_once([partial(change, status=status, reason=reason) for status, reason in wanted])
    set_by = [pair for pair, result in zip(wanted, results, strict=True) if result == [SYMBOL]]
    now = Instrument.objects.get()
    assert set_by == [(now.status, now.status_reason)]
    assert sum(isinstance(each, ChangedMeanwhile) for each in results) == 2
    assert set_status(Status.OPEN) == [SYMBOL]  # who names no standing goes on
