"""The candles stored with each price equal those of all prices together, and those of a rebuild."""

from dataclasses import astuple
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from accounts.tests.guards import run_sql
from trading.domain.candles import Interval, bars
from trading.domain.prices import PricePoint, Source, Tick
from trading.domain.reading import Reading
from trading.models import Candle, IndexPrice, Instrument
from trading.services.prices.rebuild_candles import rebuild_candles
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.cast import SYMBOL, Stage

MIDNIGHT = datetime(2026, 3, 2, tzinfo=UTC)
KEPT = [interval for interval in Interval if interval.is_kept]
ROW = ("opened_at", "open", "high", "low", "close", "count", "simulated")

steps = st.one_of(st.integers(1, 8), st.sampled_from([55, 300, 899, 3600, 86_400, 90_000]))
histories = st.lists(
    st.tuples(steps, st.integers(1, 10**7), st.sampled_from(list(Source)), st.booleans()), min_size=1, max_size=25
)


def kept() -> dict[tuple[str, Interval], list[tuple[object, ...]]]:
    return {
        (symbol, interval): list(
            Candle.objects.filter(instrument__symbol=symbol, interval=interval.seconds)
            .order_by("opened_at")
            .values_list(*ROW)
        )
        for symbol in (SYMBOL, "ETH-USDT")
        for interval in KEPT
    }


def made_of_all_prices() -> dict[tuple[str, Interval], list[tuple[object, ...]]]:
    found = {}
    for symbol in (SYMBOL, "ETH-USDT"):
        rows = IndexPrice.objects.filter(instrument__symbol=symbol).order_by("priced_at")
        points = [PricePoint(row.priced_at, row.price, row.source == Source.LIVE) for row in rows]
        for interval in KEPT:
            found[symbol, interval] = [astuple(bar) for bar in bars(points, interval)]
    return found


def record(at: datetime, price: int, source: Source, symbols: list[str]) -> None:
    quote = Decimal(price) / 100
    tick = Tick("venue", quote, quote, None, at)
    readings = [Reading(symbol, source, (tick,), 1) for symbol in symbols]
    record_index_prices(at=at, readings=readings, now=at)


class TestHistories(TestCase):
    @pytest.mark.long
    @settings(max_examples=30)
    @given(start=st.integers(-20, 20), history=histories)
    def test_kept_is_what_all_prices_give_and_what_a_rebuild_makes(
        self, start: int, history: list[tuple[int, int, Source, bool]]
    ) -> None:
        for symbol in (SYMBOL, "ETH-USDT"):
            Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[60])
        at = MIDNIGHT + timedelta(seconds=start)
        for step, price, source, both in history:
            record(at, price, source, [SYMBOL, "ETH-USDT"] if both else [SYMBOL])
            at += timedelta(seconds=step)

        assert kept() == made_of_all_prices()
        before = kept()
        run_sql("UPDATE candles SET close = 1, count = 7 WHERE interval > 60")
        run_sql("DELETE FROM candles WHERE interval <= 60")
        day = (MIDNIGHT - timedelta(days=1)).date()
        while day <= at.date():
            rebuild_candles(day=day)
            day += timedelta(days=1)
        assert kept() == before


def test_prices_of_several_seconds_in_one_statement_make_the_same_candles(stage: Stage) -> None:
    """Only a restore or a bench inserts in this way; a candle must not depend on the way of its prices."""
    last = IndexPrice.objects.get()
    run_sql(
        """INSERT INTO index_prices
             (instrument_id, sequence, priced_at, price, source, venues, previous, digest, recorded_at,
              rule_version, venues_min)
           SELECT instrument_id, 1 + n, priced_at + n * interval '1 s', price + mod(n, 7), source, venues,
             CASE n WHEN 1 THEN digest ELSE md5((n - 1)::text) END, md5(n::text), recorded_at,
             rule_version, venues_min
           FROM index_prices, generate_series(1, 400) AS n ORDER BY n"""
    )
    assert IndexPrice.objects.filter(instrument=last.instrument_id).count() == 401
    assert {key: value for key, value in kept().items() if value} == {
        key: value for key, value in made_of_all_prices().items() if value
    }


@pytest.mark.parametrize(
    ("interval", "opened_at"),
    [
        (Interval.SECOND, "2026-02-28T23:59:59+00:00"),
        (Interval.FIVE_SECONDS, "2026-02-28T23:59:55+00:00"),
        (Interval.QUARTER, "2026-02-28T23:45:00+00:00"),
        (Interval.HOUR, "2026-02-28T23:00:00+00:00"),
        (Interval.DAY, "2026-02-28T00:00:00+00:00"),
    ],
)
def test_borders_are_those_of_utc_days(interval: Interval, opened_at: str) -> None:
    seoul = datetime.fromisoformat("2026-03-01T08:59:59+09:00")
    assert interval.opening(seoul) == datetime.fromisoformat(opened_at)
    assert interval.opening(datetime(1969, 12, 31, 23, 59, 59, tzinfo=UTC)) < datetime(1970, 1, 1, tzinfo=UTC)
