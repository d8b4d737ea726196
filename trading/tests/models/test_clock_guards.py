"""Programs date what they write by their own clocks, and the database checks it against its clock.

All other tests switch these guards off, because their clock stands at noon (see conftest.py).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import IntegrityError, connection
from django.utils import timezone

from accounts.database_errors import constraint_of
from accounts.tests.guards import refused, run_sql
from trading.domain.prices import Source, Tick
from trading.domain.reading import PriceRefused, Reading, Recorded
from trading.models import CloseOrder, DailyDigest, FlashTrade, Instrument, PriceHead
from trading.selectors.clock import database_now
from trading.services.prices.record_index_prices import record_index_prices
from trading.services.proof.publish_digests import publish_digests
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db(transaction=True)

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)
GUARDS = {
    "index_prices": "prices_by_the_clock",
    "flash_trades": "trades_by_the_clock",
    "close_orders": "close_orders_by_the_clock",
    "daily_digests": "digests_by_the_clock",
}


@contextmanager
def by_the_clock() -> Iterator[None]:
    try:
        for table, guard in GUARDS.items():
            run_sql(f"ALTER TABLE {table} ENABLE TRIGGER {guard}")
        yield
    finally:
        for table, guard in GUARDS.items():
            run_sql(f"ALTER TABLE {table} DISABLE TRIGGER {guard}")


@pytest.fixture
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 60])


def this_second() -> datetime:
    return database_now().replace(microsecond=0)


def record(at: datetime) -> Recorded:
    """What a feed does whose clock says `at`."""
    tick = Tick("a", Decimal(60000), Decimal(60000), None, at)
    return record_index_prices(at=at, readings=[Reading(SYMBOL, Source.LIVE, (tick,), 1)], now=at)


def test_each_guard_by_the_clock_is_known_here() -> None:
    """A new one needs a test of its own, because no other test runs with it."""
    elsewhere = {"payouts_by_the_clock", "beneficiaries_by_the_clock", "deposits_by_the_clock"}
    elsewhere |= {"withdrawals_by_the_clock", "acceptances_by_the_clock"}
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tgname FROM pg_trigger WHERE tgname LIKE '%by_the_clock' AND NOT tgisinternal")
        assert {name for (name,) in cursor.fetchall()} == {*GUARDS.values()} | elsewhere


@pytest.mark.parametrize("off", [-3600, -5, 3, 299])
def test_a_feed_whose_clock_is_wrong_records_nothing_and_keeps_nobody_out(instrument: Instrument, off: int) -> None:
    with by_the_clock():
        with pytest.raises(PriceRefused, match="clock"):
            record(this_second() + off * SECOND)
        assert not PriceHead.objects.exists()
        assert record(this_second()).published == (SYMBOL,)


def test_a_feed_that_is_a_little_ahead_or_late_records(instrument: Instrument) -> None:
    with by_the_clock():
        for off in (-1, 1):
            assert record(this_second() + off * SECOND).published == (SYMBOL,)


def test_no_statement_records_a_price_of_the_future(instrument: Instrument) -> None:
    record(this_second())
    with by_the_clock(), refused("prices_by_the_clock"):
        run_sql(
            "INSERT INTO index_prices (instrument_id, sequence, priced_at, price, source, venues, previous, digest,"
            " recorded_at, rule_version, venues_min) SELECT instrument_id, sequence + 1, priced_at + interval '1 hour',"
            " price, source, venues, digest, previous, recorded_at, rule_version, venues_min FROM index_prices"
        )


def enter_at(at: datetime, owner: Trader) -> FlashTrade:
    """An order of this moment, and the price of its entry second, as if no guard looked at the clock."""
    record(at)
    trade = owner.place(at=at)
    record(at + SECOND)
    settle_due_trades(instrument=SYMBOL, now=at + SECOND)
    trade.refresh_from_db()
    assert trade.state == "open"
    return trade


def refused_by(guard: str, call: Callable[[], object]) -> None:
    with by_the_clock(), pytest.raises(IntegrityError) as caught:
        call()
    assert constraint_of(caught.value) == guard


@pytest.mark.parametrize("ahead", [2, 60, 299])
def test_prices_of_the_future_end_no_trade(instrument: Instrument, alice: Trader, ahead: int) -> None:
    """As a feed would have stored them that was believed: the trade waits for its time."""
    now = this_second()
    trade = enter_at(now - 2 * SECOND, alice)
    record(trade.expires_at + ahead * SECOND)
    refused_by("trades_by_the_clock", lambda: settle_due_trades(instrument=SYMBOL, now=now))
    trade.refresh_from_db()
    assert (trade.state, alice.wallet.held) == ("open", 100)


def test_a_settler_of_the_future_ends_no_trade(instrument: Instrument, alice: Trader) -> None:
    now = this_second()
    trade = enter_at(now - 2 * SECOND, alice)
    refused_by("trades_by_the_clock", lambda: settle_due_trades(instrument=SYMBOL, now=now + DAY))
    trade.refresh_from_db()
    assert trade.state == "open"


def test_prices_of_the_future_enter_no_trade_and_miss_none(instrument: Instrument, alice: Trader) -> None:
    later = this_second() + DAY
    record(later)
    alice.place(at=later)
    for late in (1, 9):  # first the price of the entry second comes, then one that is too late for it
        record(later + late * SECOND)
        refused_by("trades_by_the_clock", lambda: settle_due_trades(instrument=SYMBOL, now=later))
    assert FlashTrade.objects.get().state == "pending"


def test_in_its_time_a_trade_enters_and_ends(instrument: Instrument, alice: Trader) -> None:
    now = this_second()
    trade = enter_at(now - 62 * SECOND, alice)
    record(trade.expires_at)
    with by_the_clock():
        settle_due_trades(instrument=SYMBOL, now=now)
    trade.refresh_from_db()
    assert trade.outcome == "tied"


@pytest.mark.parametrize(("off", "guarded"), [(DAY, True), (5 * SECOND, True), (-10 * SECOND, False)])
def test_nobody_asks_for_a_close_ahead_of_time(
    instrument: Instrument, alice: Trader, off: timedelta, guarded: bool
) -> None:
    at = this_second() + off
    trade = enter_at(at - 2 * SECOND, alice)
    order = CloseOrder(id=uuid4(), trade=trade, min_price=None, asked_at=at, close_at=at + SECOND)
    if guarded:
        refused_by("close_orders_by_the_clock", lambda: order.save(force_insert=True))
        return
    with by_the_clock():
        order.save(force_insert=True)


def test_no_day_is_closed_before_it_is_over(instrument: Instrument) -> None:
    """A worker a day ahead would keep all prices of today out."""
    record(this_second())
    refused_by("digests_by_the_clock", lambda: publish_digests(now=timezone.now() + 2 * DAY))
    assert not DailyDigest.objects.exists()
    with by_the_clock():
        assert record(this_second() + SECOND).published == (SYMBOL,)


def test_the_guards_let_the_noon_of_all_other_tests_be(stage: Stage) -> None:
    assert PriceHead.objects.get().priced_at < this_second() - DAY
