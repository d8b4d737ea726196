from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection

from trading.domain.prices import FIRST_LINK, Source, Tick
from trading.domain.reading import Reading
from trading.models import FlashTrade, IndexPrice, Instrument
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.cast import trader
from trading.tests.feeds.instruments import ScriptedFeed, after
from trading.tests.feeds.stand import SYMBOL, Stand, every_second, published, quotes, seconds_published
from trading.tests.feeds.stranger import stranger

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 60], venues_min=2)


def test_it_publishes_each_whole_second_from_the_newest_tick_of_each_venue(instrument: Instrument) -> None:
    Stand().run(ScriptedFeed(every_second(4)), until=4)

    assert published() == [(1, "100.50"), (2, "101.50"), (3, "102.50"), (4, "103.50")]
    rows = list(IndexPrice.objects.order_by("sequence"))
    assert all(row.recorded_at - row.priced_at == timedelta(milliseconds=20) for row in rows)
    assert {row.source for row in rows} == {Source.REPLAY}
    assert [venue["venue"] for venue in rows[0].venues] == ["a", "b"]
    assert [row.previous for row in rows] == [FIRST_LINK, *(row.digest for row in rows[:-1])]


def test_a_tick_of_this_very_second_counts_and_one_after_it_does_not(instrument: Instrument) -> None:
    Stand().run(ScriptedFeed(quotes([1, 1.01])), until=2)

    assert published() == [(1, "101.00"), (2, "101.01")]


def test_with_too_few_fresh_venues_there_is_no_price_and_one_line_about_it(instrument: Instrument) -> None:
    spoken = [(0.5, "a"), (0.5, "b"), *((n + 0.5, "a") for n in range(1, 9)), (8.5, "b")]
    ticks = [(SYMBOL, Tick(venue, Decimal(100), Decimal(100), None, after(second))) for second, venue in spoken]

    logs = Stand().run(ScriptedFeed(ticks), until=10)
    # The second venue's tick of 0.5 s is good until 3.5 s.
    assert seconds_published() == [1, 2, 3, 9, 10]
    assert [log["at"][17:19] for log in logs if "too few fresh venues" in log["event"]] == ["04"]


def test_a_source_may_need_fewer_venues_than_the_instrument(instrument: Instrument) -> None:
    Stand().run(ScriptedFeed(every_second(2, venues=["binance"]), venues_min=1), until=2)

    assert seconds_published() == [1, 2]


def test_a_process_that_was_paused_skips_what_it_missed(instrument: Instrument) -> None:
    stand = Stand()
    stand.meanwhile[5] = lambda: stand.pause(10.3)

    logs = stand.run(ScriptedFeed(every_second(20)), until=17)
    assert seconds_published() == [1, 2, 3, 4, 15, 16, 17]
    assert [log["seconds"] for log in logs if log["event"].startswith("late")] == [10]


def test_a_short_pause_costs_nothing(instrument: Instrument) -> None:
    stand = Stand()
    stand.meanwhile[5] = lambda: stand.pause(1.9)

    stand.run(ScriptedFeed(every_second(8)), until=8)
    assert published() == [(n, f"{n + 99}.50") for n in range(1, 9)]


def test_no_price_is_ever_recorded_more_than_two_seconds_late(instrument: Instrument) -> None:
    stand = Stand()
    for second, seconds in enumerate([0.5, 1.5, 2.5, 0.1, 3.5, 1.9, 2.0, 0.9], start=1):
        stand.recording[second] = lambda seconds=seconds: stand.pause(seconds)  # type: ignore[misc]

    stand.run(ScriptedFeed(every_second(40)), until=30)
    rows = IndexPrice.objects.all()
    assert max(row.recorded_at - row.priced_at for row in rows) <= timedelta(seconds=2)
    assert len(rows) > 15


def test_a_source_that_answers_too_late_costs_the_second(instrument: Instrument) -> None:
    stand = Stand()

    class SlowFeed(ScriptedFeed):
        def drain(self, until: datetime) -> list[tuple[str, Tick]]:
            if until == after(3):
                stand.pause(2.5)
            return super().drain(until)

    stand.run(SlowFeed(every_second(7)), until=7)
    assert seconds_published() == [1, 2, 4, 5, 6, 7]


def test_a_publisher_that_never_gets_to_wait_still_stops_when_told(instrument: Instrument) -> None:
    stand = Stand()

    class SlowFeed(ScriptedFeed):
        def drain(self, until: datetime) -> list[tuple[str, Tick]]:
            assert until < after(20)
            stand.pause(1.5)
            return super().drain(until)

    stand.run(SlowFeed(every_second(9)), until=9)
    assert stand.second < 12


def test_it_asks_for_settlement_when_a_trade_enters_and_when_it_expires(instrument: Instrument) -> None:
    alice = trader("alice")
    stand = Stand()
    instrument.durations = [15]
    stand.meanwhile[3] = lambda: alice.place(at=stand.now, seconds=15)

    stand.run(ScriptedFeed(every_second(25)), until=24)
    # Accepted at 3.02 s: enters at 5 s, expires at 20 s.
    assert stand.settled == [5, 20]
    (trade,) = FlashTrade.objects.all()
    assert (trade.outcome, f"{trade.entry_price:.2f}", f"{trade.exit_price:.2f}") == ("won", "104.50", "119.50")


def test_it_waits_while_another_process_publishes_and_takes_over_at_once(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        assert other.takes(instrument.pk)
        stand.meanwhile[5] = other.gives_up

        logs = stand.run(ScriptedFeed(every_second(8)), until=8)
    assert seconds_published() == [6, 7, 8]
    assert [log["event"].partition(";")[0] for log in logs if log["log_level"] == "info"][:2] == [
        "another process publishes this instrument",
        "publishing here",
    ]


def test_while_it_publishes_nobody_else_can_and_afterwards_anybody_can(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        taken: list[bool] = []
        stand.meanwhile[2] = lambda: taken.append(other.takes(instrument.pk))

        stand.run(ScriptedFeed(every_second(3)), until=3)
        assert taken == [False]
        assert other.gets(instrument.pk)


def test_a_lost_connection_costs_a_second_and_is_said_once(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:
        stand.meanwhile[3] = other.ends_our_session

        logs = stand.run(ScriptedFeed(every_second(6)), until=6)
    assert seconds_published() == [1, 2, 4, 5, 6]
    assert [log["event"].partition(":")[0] for log in logs if "database" in log["event"]] == [
        "database lost",
        "database is back",
    ]


def test_a_connection_that_is_lost_between_two_seconds_is_replaced_before_the_next(
    instrument: Instrument,
) -> None:
    stand = Stand()
    with stranger() as other:
        stand.recorded[3] = other.ends_our_session

        stand.run(ScriptedFeed(every_second(7)), until=7)
    assert seconds_published() == [1, 2, 3, 4, 5, 6, 7]


def test_a_publisher_that_loses_the_connection_loses_the_right(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:

        def overtake() -> None:
            other.ends_our_session()
            assert other.takes(instrument.pk)

        stand.meanwhile[3] = overtake
        stand.run(ScriptedFeed(every_second(6)), until=6)
    assert seconds_published() == [1, 2]


def test_it_records_nothing_on_a_connection_that_was_replaced_in_silence(instrument: Instrument) -> None:
    stand = Stand()
    with stranger() as other:

        def replace() -> None:
            connection.close()
            other.gets(instrument.pk)
            other.gives_up()
            connection.ensure_connection()

        stand.meanwhile[3] = replace
        stand.run(ScriptedFeed(every_second(5)), until=5)
    assert seconds_published() == [1, 2, 4, 5]


def test_a_second_that_the_record_refuses_is_logged_and_the_next_one_goes_on(instrument: Instrument) -> None:
    stand = Stand()
    tick = Tick("a", Decimal(100), Decimal(100), None, after(4))
    ahead = Reading(SYMBOL, Source.REPLAY, (tick,), 1)
    stand.meanwhile[3] = lambda: record_index_prices(at=after(4), readings=[ahead], now=after(4))

    logs = stand.run(ScriptedFeed(every_second(7)), until=7)
    assert seconds_published() == [1, 2, 4, 5, 6, 7]
    assert [log["at"][17:19] for log in logs if log["event"] == "the record refused a second"] == ["03"]
    assert [log["refused"] for log in logs if log["event"].endswith("takes this process's seconds again")] == [2]


def test_what_staff_change_holds_from_the_next_second_on(instrument: Instrument) -> None:
    stand = Stand()
    stand.meanwhile[3] = lambda: Instrument.objects.update(venues_min=3)

    stand.run(ScriptedFeed(every_second(6)), until=6)
    assert seconds_published() == [1, 2, 3]


@pytest.mark.parametrize("status", ["close_only", "paused", "retired"])
def test_nobody_can_stop_the_prices_that_open_trades_wait_for(instrument: Instrument, status: str) -> None:
    Instrument.objects.update(status=status)

    Stand().run(ScriptedFeed(every_second(2)), until=2)
    assert seconds_published() == [1, 2]


def test_it_leaves_alone_what_its_source_cannot_price(instrument: Instrument) -> None:
    other = Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[15])
    stand = Stand()
    with stranger() as process:
        taken: list[bool] = []
        stand.meanwhile[2] = lambda: taken.append(process.takes(other.pk))
        stand.run(ScriptedFeed(every_second(3)), until=3)

    assert taken == [True]
    assert seconds_published() == [1, 2, 3]


def test_ticks_of_an_unknown_symbol_are_nobodys(instrument: Instrument) -> None:
    ticks = sorted(every_second(2) + quotes([0.7], symbol="DOGE-USDT"), key=lambda item: item[1].received_at)

    Stand().run(ScriptedFeed(ticks), until=2)
    assert published() == [(1, "100.50"), (2, "101.50")]
