import gzip
import json
import os
from datetime import timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from django.conf import settings
from structlog.testing import capture_logs

from trading.domain.prices import Source, Tick
from trading.domain.rules import RULES_NOW
from trading.feeds.recording import NotARecording, Recording
from trading.feeds.replay import SEAM_SECONDS, ReplayFeed
from trading.feeds.source import FeedInstrument
from trading.tests.feeds.instruments import BTC, ETH, NOON, XRP, after, index_series

FIXTURE = Path(__file__).parent / "recording.jsonl"
LAST_SECOND = 75
MARKET_DATA_DIR = Path(os.environ.get("MARKET_DATA_DIR") or settings.BASE_DIR.parent / "shared" / "data" / "market")
CAPTURES = sorted(MARKET_DATA_DIR.glob("binance-*.jsonl.gz"))


def feed(path: Path = FIXTURE, *, speed: str = "1") -> ReplayFeed:
    return ReplayFeed(Recording(path), [BTC, ETH, XRP], speed=Decimal(speed))


def begun(path: Path = FIXTURE, *, speed: str = "1") -> ReplayFeed:
    """A feed whose recording has begun at noon."""
    source = feed(path, speed=speed)
    assert list(source.drain(NOON)) == []
    return source


def recomputed(path: Path, symbol: str) -> list[Decimal | None]:
    """The index of each second of a recording but the last, computed in exact fractions, not by the feed."""
    newest: dict[int, tuple[int, Fraction]] = {}
    first = None
    with gzip.open(path, "rt") if path.suffix == ".gz" else path.open() as file:
        for line in file:
            stamp, message = line.split(" ", 1)
            if "@bookTicker" in message:
                data = json.loads(message)["data"]
                microseconds = int(stamp) // 1000
                first = microseconds // 10**6 if first is None else first
                if data["s"] == symbol:
                    # Rounded up: a tick belongs to the next whole second, or to its own if it falls on it.
                    newest[-(-microseconds // 10**6)] = (microseconds, (Fraction(data["b"]) + Fraction(data["a"])) / 2)
    assert first is not None
    series: list[Decimal | None] = []
    known: tuple[int, Fraction] | None = None
    for second in range(first, max(newest)):
        known = newest.get(second, known)
        stale = known is None or second * 10**6 - known[0] > 3 * 10**6
        series.append(None if stale or known is None else Decimal(round(known[1] * 100)) / 100)
    return series


def test_it_says_what_it_is_and_what_it_has() -> None:
    source = feed()

    assert source.source is Source.REPLAY
    assert source.instruments == {"BTC-USDT", "ETH-USDT"}
    assert source.venues_min(3) == 1


def test_it_passes_over_what_is_not_traded_here() -> None:
    source = ReplayFeed(Recording(FIXTURE), [ETH])

    assert source.instruments == {"ETH-USDT"}
    assert {symbol for symbol, _ in (*source.drain(NOON), *source.drain(after(60)))} == {"ETH-USDT"}


def test_it_moves_recorded_times_by_a_whole_number_of_seconds() -> None:
    first = next(iter(tick for symbol, tick in _until(begun(), 1) if symbol == "BTC-USDT"))

    # Recorded at 1700000000.412345678; the first drain was at noon.
    assert first == Tick(
        "binance", Decimal("25122.99"), Decimal("25123.00"), None, NOON + timedelta(microseconds=412_345)
    )


def test_it_begins_at_the_whole_second_of_the_first_drain() -> None:
    source = feed()

    assert list(source.drain(after(0.02))) == []
    ticks = list(source.drain(after(0.5)))
    assert ticks[0][1].received_at == NOON + timedelta(microseconds=412_345)


def test_it_hands_out_each_tick_once_in_order_and_none_too_early() -> None:
    source = begun()

    handed_out = []
    for second in range(1, LAST_SECOND + 2):
        ticks = list(source.drain(after(second)))
        assert all(after(second - 1) < tick.received_at <= after(second) for _, tick in ticks)
        handed_out += ticks
    assert handed_out == _until(begun(), LAST_SECOND + 1)
    assert len(handed_out) == FIXTURE.read_text().count("bookTicker")


def test_a_tick_received_on_the_whole_second_belongs_to_it(tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl"
    line = '{}{} {{"stream":"btcusdt@bookTicker","data":{{"s":"BTCUSDT","b":"{}","a":"{}"}}}}\n'
    times = (("1700000000", "500000000"), ("1700000001", "000000999"), ("1700000001", "000001000"))
    path.write_text("".join(line.format(*time, price, price) for price, time in enumerate(times, start=100)))

    # The nanoseconds are cut off, so the second tick is received at 1.000000 s and the third at 1.000001 s.
    assert index_series(feed(path), BTC, range(3)) == [None, 101, 102]


def test_a_drain_that_is_not_finished_loses_nothing() -> None:
    source = begun()

    first = next(iter(source.drain(after(5))))
    assert [first, *source.drain(after(5))] == _until(begun(), 5)


@pytest.mark.parametrize("item", [BTC, ETH], ids=["BTC", "ETH"])
def test_its_index_can_be_recomputed_from_the_recording_alone(item: FeedInstrument) -> None:
    expected = recomputed(FIXTURE, item.symbol.replace("-", ""))

    series = index_series(feed(), item, range(len(expected)))
    assert series == expected
    assert sum(price is not None for price in series) > LAST_SECOND / 2


def test_a_gap_in_the_recording_is_a_gap_in_the_index() -> None:
    series = index_series(feed(), BTC, range(40))

    # No tick from 29.87 s to 37.36 s: the last one is fresh for the seconds up to 32.
    assert [second for second, price in enumerate(series) if price is None] == [0, 33, 34, 35, 36, 37]


@pytest.mark.skipif(not CAPTURES, reason="MARKET_DATA_DIR has no recorded capture")
def test_the_index_of_a_real_capture_can_be_recomputed_from_it_alone() -> None:
    (capture,) = CAPTURES[:1]
    expected = recomputed(capture, "BTCUSDT")

    series = index_series(feed(capture), BTC, range(len(expected)))
    assert len(series) > 300
    assert series == expected


def test_at_ten_times_the_speed_ten_recorded_seconds_pass_in_one() -> None:
    fast = _until(begun(speed="10"), 1)

    assert [tick.mid for _, tick in fast] == [tick.mid for _, tick in _until(begun(), 10)]
    assert fast[0][1].received_at == NOON + timedelta(microseconds=41_234)


def test_at_half_the_speed_a_recorded_second_takes_two() -> None:
    assert len(_until(begun(speed="0.5"), 2)) == len(_until(begun(), 1))


def test_it_starts_again_after_a_silence_and_says_so() -> None:
    source = begun()
    with capture_logs() as logs:
        once = list(source.drain(after(LAST_SECOND + SEAM_SECONDS)))
    assert "the recording is over and starts again: the price will leap" in [entry["event"] for entry in logs]

    again = list(source.drain(after(LAST_SECOND + SEAM_SECONDS + LAST_SECOND + 1)))
    moved = timedelta(seconds=LAST_SECOND + SEAM_SECONDS)
    assert [(s, t.bid, t.ask, t.received_at) for s, t in again] == [
        (s, t.bid, t.ask, t.received_at + moved) for s, t in once
    ]


def test_no_order_can_wait_across_the_seam_for_its_entry() -> None:
    series = index_series(feed(), BTC, range(LAST_SECOND + SEAM_SECONDS + 5))

    last = max(second for second in range(LAST_SECOND + 5) if series[second] is not None)
    first = next(second for second in range(last + 1, len(series)) if series[second] is not None)
    # The last order is accepted while the last price is fresh, and enters less than two seconds later.
    latest_entry = after(last) + RULES_NOW.price_age_max + timedelta(seconds=2)
    assert latest_entry + RULES_NOW.entry_wait_max < after(first)


def test_it_stops_with_an_error_when_the_recording_is_gone_at_its_second_pass(tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl"
    path.write_bytes(FIXTURE.read_bytes())
    source = begun(path)
    list(source.drain(after(LAST_SECOND - 1)))
    path.write_text("")

    with pytest.raises(NotARecording):
        list(source.drain(after(LAST_SECOND + SEAM_SECONDS + 1)))


def _until(source: ReplayFeed, second: int) -> list[tuple[str, Tick]]:
    return list(source.drain(after(second)))
