import hashlib
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from accounts.tests.cast import NOON
from accounts.tests.guards import refused, run_sql
from trading.domain.prices import Source, Tick
from trading.domain.proof.reading import read_tick
from trading.domain.reading import PriceRefused, Reading, Recorded
from trading.models import Candle, IndexPrice, Instrument, PriceHead
from trading.services.prices.record_index_prices import record_index_prices
from trading.tests.cast import SYMBOL, Stage, Trader

SECOND = timedelta(seconds=1)
AT = NOON + SECOND


def tick(venue: str, price: str, at: datetime = AT, spread: str = "0") -> Tick:
    middle, half = Decimal(price), Decimal(spread) / 2
    return Tick(venue, middle - half, middle + half, None, at)


def record(*ticks: Tick, at: datetime = AT, now: datetime | None = None, venues_min: int = 3) -> Recorded:
    reading = Reading(SYMBOL, Source.LIVE, ticks, venues_min)
    return record_index_prices(at=at, readings=[reading], now=now or at)


def three(at: datetime = AT) -> list[Tick]:
    return [tick("a", "60000.01", at), tick("b", "60000.02", at), tick("c", "60000.04", at)]


def digest_of(price: IndexPrice, previous: str) -> str:
    """The digest by the documented rule, computed from the stored row."""
    content = {
        "instrument": SYMBOL,
        "sequence": price.sequence,
        "priced_at": price.priced_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "price": str(price.price).rstrip("0").rstrip("."),
        "source": price.source,
        "venues": price.venues,
        "previous": previous,
        "rule_version": price.rule_version,
        "pip": "0.01",
        "venues_min": price.venues_min,
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


@pytest.mark.parametrize("price", ["60000.0000000000000000001", "1000000000000000000000", "NaN"])
def test_it_leaves_out_a_quote_that_no_reader_of_a_proof_could_read(stage: Stage, price: str) -> None:
    unreadable = Tick("d", Decimal(price), Decimal(price), None, AT)
    record(*three(), unreadable)

    stored = IndexPrice.objects.latest("sequence")
    assert [read_tick(venue).venue for venue in stored.venues] == ["a", "b", "c"]


def test_it_stores_the_price_with_its_inputs(stage: Stage) -> None:
    recorded = record(*three(), now=AT + timedelta(milliseconds=300))

    assert (recorded.published, recorded.missing, recorded.due) == ((SYMBOL,), (), ())
    price = IndexPrice.objects.latest("sequence")
    assert (str(price.price), price.priced_at, price.source) == ("60000.02000000", AT, "live")
    assert price.recorded_at == AT + timedelta(milliseconds=300)
    assert [(venue["venue"], venue["bid"]) for venue in price.venues] == [
        ("a", "60000.01"),
        ("b", "60000.02"),
        ("c", "60000.04"),
    ]


def test_each_price_is_chained_to_the_one_before(stage: Stage) -> None:
    for second in range(1, 6):
        record(*three(NOON + second * SECOND), at=NOON + second * SECOND)

    previous = "0" * 64
    prices = list(IndexPrice.objects.order_by("sequence"))
    for place, price in enumerate(prices, 1):
        assert (price.sequence, price.previous) == (place, previous)
        assert price.digest == digest_of(price, previous)
        previous = price.digest
    assert len(prices) == 6


def test_each_instrument_has_a_chain_of_its_own(stage: Stage) -> None:
    Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    readings = [Reading(symbol, Source.LIVE, tuple(three()), 3) for symbol in (SYMBOL, "ETH-USDT")]
    record_index_prices(at=AT, readings=readings, now=AT)
    sequences = IndexPrice.objects.filter(priced_at=AT).order_by("instrument_id").values_list("sequence", "previous")
    assert [(sequence, previous == "0" * 64) for sequence, previous in sequences] == [(2, False), (1, True)]


def test_it_takes_as_many_statements_however_many_instruments_there_are(
    stage: Stage, django_assert_num_queries: Callable[[int], Any]
) -> None:
    symbols = [SYMBOL, "ETH-USDT", "XRP-USDT", "SOL-USDT", "ADA-USDT"]
    for symbol in symbols[1:]:
        Instrument.objects.create(symbol=symbol, pip=Decimal("0.01"), durations=[60])
    readings = [Reading(symbol, Source.LIVE, tuple(three()), 3) for symbol in symbols]
    with django_assert_num_queries(7):  # instruments, heads, their venues, prices, due, within a savepoint
        record_index_prices(at=AT, readings=readings, now=AT)
    assert PriceHead.objects.filter(priced_at=AT).count() == 5
    assert Candle.objects.filter(opened_at__gte=NOON, interval=60).count() == 5


@pytest.mark.parametrize(
    "ticks",
    [
        [],
        three()[:2],
        [*three()[:2], tick("c", "60000", AT - timedelta(seconds=3, microseconds=1))],
        [*three()[:2], tick("b", "60000")],
        [*three()[:2], tick("c", "0")],
        [*three()[:2], tick("c", "-60000")],
        [*three()[:2], tick("c", "60000", spread="-1")],
        [*three()[:2], tick("c", "60000", AT + timedelta(microseconds=1))],
    ],
    ids=["none", "two", "one stale", "one twice", "one zero", "one negative", "one crossed", "one of the future"],
)
def test_there_is_no_price_for_a_second_with_too_few_venues(stage: Stage, ticks: list[Tick]) -> None:
    recorded = record(*ticks)
    assert (recorded.published, recorded.missing) == ((), (SYMBOL,))
    assert not IndexPrice.objects.filter(priced_at=AT).exists()


@pytest.mark.parametrize("quote", ["0.000000001", "1000000000000"])
def test_what_can_not_be_written_as_a_price_is_none_and_costs_the_others_nothing(stage: Stage, quote: str) -> None:
    Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    readings = [
        Reading(SYMBOL, Source.LIVE, tuple(three()), 3),
        Reading("ETH-USDT", Source.LIVE, (tick("a", quote),), 1),
    ]
    recorded = record_index_prices(at=AT, readings=readings, now=AT)
    assert (recorded.published, recorded.missing) == ((SYMBOL,), ("ETH-USDT",))


def test_a_gap_stays_a_gap(stage: Stage) -> None:
    record(at=AT)
    record(*three(AT + SECOND), at=AT + SECOND)
    assert list(IndexPrice.objects.order_by("sequence").values_list("sequence", "priced_at")) == [
        (1, NOON),
        (2, AT + SECOND),
    ]


@pytest.mark.parametrize(
    ("at", "now"),
    [
        (AT, AT - timedelta(microseconds=1)),
        (AT, AT + timedelta(seconds=10, microseconds=1)),
        (AT + timedelta(microseconds=1), AT + SECOND),
        (NOON, AT),
        (NOON - SECOND, AT),
    ],
    ids=["early", "late", "no whole second", "priced already", "before the last"],
)
def test_it_refuses_a_second_that_can_not_be_priced(stage: Stage, at: datetime, now: datetime) -> None:
    with pytest.raises(PriceRefused):
        record(*three(at), at=at, now=now)
    assert IndexPrice.objects.count() == 1


def test_a_refused_instrument_takes_the_whole_second_with_it(stage: Stage) -> None:
    other = Instrument.objects.create(symbol="ETH-USDT", pip=Decimal("0.01"), durations=[60])
    readings = [Reading(symbol, Source.LIVE, tuple(three(NOON)), 3) for symbol in ("ETH-USDT", SYMBOL)]
    with pytest.raises(PriceRefused):
        record_index_prices(at=NOON, readings=readings, now=NOON)
    assert not IndexPrice.objects.filter(instrument=other).exists()


def test_it_says_which_instruments_have_trades_due(stage: Stage, alice: Trader) -> None:
    alice.place(seconds=15)
    due = [second for second in range(1, 18) if stage.price(NOON + second * SECOND, "60000.00").due]
    assert due == list(range(1, 18))  # nothing settles here: the trade is due for entry from the first second on


@pytest.mark.parametrize(
    "statement",
    ["UPDATE index_prices SET price = price + 1", "UPDATE index_prices SET digest = ''", "DELETE FROM index_prices"],
)
def test_the_database_refuses_to_rewrite_a_price(stage: Stage, statement: str) -> None:
    with refused("prices_are_for_ever"):
        run_sql(statement)
    with refused("prices_are_for_ever"):
        IndexPrice.objects.update(price=1)
    with refused("prices_are_for_ever"):
        IndexPrice.objects.all().delete()


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ({"priced_at": NOON}, "one_price_a_second"),
        ({"priced_at": NOON - SECOND}, "one_price_a_second"),
        ({"sequence": 1}, "one_place_in_the_chain"),
        ({"sequence": 3}, "one_place_in_the_chain"),
        ({"previous": "0" * 64}, "one_successor_each"),
        ({"previous": "1" * 64}, "one_successor_each"),
        ({"price": Decimal(0)}, "price_is_positive"),
        ({"price": Decimal(-1)}, "price_is_positive"),
        ({"priced_at": AT + timedelta(milliseconds=1)}, "priced_at_a_whole_second"),
    ],
)
def test_the_database_refuses_a_price_out_of_place(stage: Stage, change: dict[str, object], constraint: str) -> None:
    sound: dict[str, object] = {
        "rule_version": 2,
        "venues_min": 1,
        "sequence": 2,
        "priced_at": AT,
        "price": Decimal(1),
        "previous": IndexPrice.objects.get().digest,
    }
    with refused(constraint):
        IndexPrice.objects.create(
            instrument=stage.instrument, source="live", venues=[], digest="2" * 64, recorded_at=AT, **sound | change
        )


def test_the_database_refuses_a_price_that_is_no_number(stage: Stage) -> None:
    with refused("price_is_positive"):
        run_sql(
            """INSERT INTO index_prices
                 (instrument_id, sequence, priced_at, price, source, venues, previous, digest, recorded_at,
                  rule_version, venues_min)
               SELECT instrument_id, 2, priced_at + interval '1 s', 'NaN', source, venues, digest, 'x', recorded_at,
                 rule_version, venues_min
               FROM index_prices"""
        )
