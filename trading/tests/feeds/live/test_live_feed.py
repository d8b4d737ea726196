"""The live feed with the unmodified library, against venues on this machine that speak the real protocols."""

import gzip
import json
import os
from datetime import timedelta
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings
from django.utils import timezone
from structlog.testing import capture_logs

from trading.domain.errors import StalePrice
from trading.domain.rules import RULES_NOW
from trading.feeds.live import session
from trading.feeds.live.board import UNREACHABLE_AFTER, Board
from trading.feeds.live.feed import LiveFeed
from trading.feeds.live.table import parse_venue_table
from trading.models import Instrument
from trading.selectors.venues import venue_report
from trading.tests.cast import trader
from trading.tests.feeds.instruments import after
from trading.tests.feeds.venues.dialects import DIALECTS
from trading.tests.feeds.venues.scene import MARKET, SYMBOL, eventually, heard, out, prices, scene

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.long]

ALL = tuple(DIALECTS)
CAPTURES = Path(os.environ.get("MARKET_DATA_DIR") or settings.BASE_DIR.parent / "shared" / "data" / "market")
TOO_LONG = ("60000.0000000000000000001", "60000.0000000000000000002")
"""One digit more than the readers of a proof read."""

GARBAGE = [("NaN", "1"), ("-1", "1"), ("1e400", "1e400"), ("0", "0"), ("x", {}), TOO_LONG]
OWN_RECORDING = Path(__file__).parents[1] / "recording.jsonl"


@pytest.fixture(autouse=True)
def instrument(transactional_db: None) -> Instrument:
    return Instrument.objects.create(symbol=SYMBOL, pip=Decimal("0.01"), durations=[15, 60], venues_min=3)


def is_near(clock_skew: timedelta | None, seconds: float) -> bool:
    """A slow answer of a busy machine tells it badly; the next one may be quick."""
    return clock_skew is not None and abs(clock_skew.total_seconds() - seconds) < 1


def is_quoted(venue: str, price: str) -> bool:
    """Whether the newest price knows of this quote: it comes late on a busy machine."""
    bids = [Decimal(entry["bid"]) for entry in prices()[-1].venues if entry["venue"] == venue]
    return bids == [Decimal(price) - Decimal("0.01")]


def test_five_venues_make_a_live_price() -> None:
    with scene(*ALL) as here:
        here.publish(lambda: bool(prices()) and heard(prices()[-1]) == set(ALL))
        price = prices()[-1]

    assert (price.price, price.source, price.venues_min) == (60_000, "live", 3)
    assert heard(price) == set(ALL)
    assert out(price) == {}
    assert all((entry["bid"], entry["ask"]) == ("59999.99", "60000.01") for entry in price.venues)
    # Each quote names the mirror that it comes from.
    assert {entry["venue"]: entry["mirror"] for entry in price.venues} == {v: here.town[v].address for v in ALL}
    assert here.health("okx").mirror == here.town["okx"].address
    # Binance's best prices have no venue time.
    assert {entry["venue"] for entry in price.venues if entry["venue_at"] is None} == {"binance"}


def test_a_spike_on_one_of_five_is_held_by_the_clamp_and_then_out_until_it_is_well_back() -> None:
    with scene(*ALL) as here:
        here.publish_more(1)
        most = 60_000 * RULES_NOW.clamp / 5
        for price, reason in (("66000", "deviating"), ("60200", "deviating"), ("60140", None), ("60290", None)):
            here.town["okx"].set(price)
            here.publish(lambda price=price: is_quoted("okx", price))  # type: ignore[misc]
            last = here.publish_more(3)
            assert out(last[-1]).get("okx") == reason, price
            assert all(abs(each.price - 60_000) <= most for each in last)


def test_with_too_few_fresh_venues_trading_stops_by_itself_and_resumes_by_itself() -> None:
    alice = trader("alice")
    with scene("binance", "okx", "kraken", silent_seconds=1) as here:
        here.publish_more(1)
        assert alice.place(at=prices()[-1].priced_at).id

        here.town["okx"].frozen = here.town["kraken"].frozen = True
        here.publish(lambda: (timezone.now() - prices()[-1].priced_at) > RULES_NOW.price_age_max)
        with pytest.raises(StalePrice):
            alice.place(at=timezone.now())
        eventually(lambda: "silent" in str(here.health("okx").error))

        here.town["okx"].frozen = here.town["kraken"].frozen = False
        assert heard(here.publish_more(1)[-1]) == {"binance", "okx", "kraken"}
        assert alice.place(at=prices()[-1].priced_at).id


def test_a_storm_of_disconnections_is_ridden_out_with_growing_waits() -> None:
    with scene("binance", "okx") as here:
        okx = here.town["okx"]
        okx.dropping = True
        here.town.do(okx.drop())
        eventually(lambda: okx.connections >= 4)
        okx.dropping = False
        eventually(lambda: here.health("okx").state == "live")

        assert here.health("binance").connections == 1
        assert "NetworkError" in str(here.health("okx").error)


def test_a_venue_that_refuses_connections_is_asked_again() -> None:
    with scene("binance", "kraken") as here:
        kraken = here.town["kraken"]
        kraken.refusing = True
        here.town.do(kraken.drop())
        eventually(lambda: here.health("kraken").state == "waiting")
        kraken.refusing = False
        eventually(lambda: here.health("kraken").state == "live")


@pytest.mark.parametrize("ahead", [5.0, -5.0])
def test_a_venue_with_a_wrong_clock_is_stored_but_not_counted(ahead: float) -> None:
    with scene("binance", "okx", "kraken", "coinbase") as here:
        here.publish_more(1)
        here.town["okx"].clock_ahead_seconds = ahead
        here.town["okx"].set("50000")
        here.publish(lambda: out(prices()[-1]) == {"okx": "skewed"})

        assert prices()[-1].price == 60_000
        eventually(lambda: is_near(here.health("okx").clock_skew, -ahead))


def test_where_ticks_tell_no_time_the_clock_is_asked_for() -> None:
    with scene("binance") as here:
        eventually(lambda: is_near(here.health("binance").clock_skew, 0))


def test_a_venue_that_does_not_tell_its_time_for_a_while_goes_on_quoting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "CLOCK_EVERY_SECONDS", 0.1)
    with scene("binance") as here:
        binance = here.town["binance"]
        eventually(lambda: here.health("binance").clock_skew is not None)
        binance.timeless = True
        eventually(lambda: binance.times_untold >= 5)
        assert (here.health("binance").state, here.health("binance").connections) == ("live", 1)

        monkeypatch.setattr(session, "CLOCK_AGE_MAX", timedelta(0))
        eventually(lambda: here.health("binance").state == "waiting")
        assert "503" in str(here.health("binance").error)
        binance.timeless = False
        eventually(lambda: here.health("binance").state == "live")


def test_what_comes_twice_or_too_late_is_not_news() -> None:
    with scene("binance") as here:
        here.town["binance"].stuttering = True
        eventually(lambda: here.health("binance").repeated > 5)
        assert here.health("binance").connections == 1


def test_garbage_is_not_a_price() -> None:
    """The library may stop to read a connection on which it couldn't read a message; the watchdog opens another."""
    with scene("binance", "okx", "kraken", silent_seconds=2) as here:
        binance = here.town["binance"]
        quote = {"s": "BTCUSDT", "B": "1", "A": "1"}
        for number, (bid, ask) in enumerate(GARBAGE):
            here.town.do(binance.say(json.dumps(quote | {"u": 99_999_999_990_000 + number, "b": bid, "a": ask})))
        here.town.do(here.town["okx"].say('{"arg": {"channel": "tickers"}, "data": [{"instId": 5, "ts": "x"}]}'))
        here.town.do(here.town["kraken"].say("{not JSON"))
        here.publish_more(1)
        eventually(here.everyone_is_live)

        assert {each.price for each in here.publish_more(2)} == {Decimal(60_000)}
        assert here.health("binance").unreadable > 0


def test_a_book_that_stays_crossed_is_silence_and_ends_the_connection() -> None:
    """The book has missed the removal of a level; a new connection begins with a whole book."""
    with scene("kraken", silent_seconds=1) as here:
        kraken = here.town["kraken"]
        book = {"symbol": MARKET, "bids": [{"price": 60100.0, "qty": 1.0}], "asks": [], "checksum": 1}
        here.town.do(kraken.say(json.dumps({"channel": "book", "type": "update", "data": [book]})))
        eventually(lambda: here.health("kraken").connections == 2)

        assert here.health("kraken").unreadable > 0
        assert "silent" in str(here.health("kraken").error)


@pytest.fixture(params=["the capture", "our own"])
def recording(request: pytest.FixtureRequest) -> Path:
    found = sorted(CAPTURES.glob("binance-btcusdt-*.jsonl.gz")) if request.param == "the capture" else [OWN_RECORDING]
    if not found:
        pytest.skip(f"{CAPTURES} (MARKET_DATA_DIR) has no recording of Binance")
    return found[0]


def test_a_recorded_stream_of_binance_is_understood_as_it_was_sent(recording: Path) -> None:
    """Everything that Binance sent, trades and depth too; the last best price arrives to the last digit."""
    with gzip.open(recording, "rt") if recording.suffix == ".gz" else recording.open() as file:
        lines = [line.partition(" ")[2] for line in islice(file, 4000)]
    messages = [message["data"] for line in lines if "data" in (message := json.loads(line))]
    tops = [message for message in messages if "b" in message and "a" in message and "e" not in message]
    with scene("binance") as here:
        binance = here.town["binance"]
        binance.frozen = True
        for message in messages:
            here.town.do(binance.say(json.dumps(message)))
        seen: list[tuple[str, str]] = []

        def last_is_there() -> bool:
            seen.extend((f"{tick.bid:f}", f"{tick.ask:f}") for _, tick in here.feed.drain(timezone.now()))
            return (tops[-1]["b"], tops[-1]["a"]) in seen

        eventually(last_is_there)
        assert here.health("binance").unreadable == 0


def test_the_recorded_clock_is_seen_to_run_behind() -> None:
    """The recording's receive clock is 1.27 s behind Binance's: such a venue is out."""
    with scene("binance", "okx", "kraken", "coinbase") as here:
        here.town["coinbase"].clock_ahead_seconds = 1.27
        here.publish(lambda: bool(prices()) and out(prices()[-1]) == {"coinbase": "skewed"})


def test_where_nothing_can_be_reached_it_says_so_and_publishes_nothing() -> None:
    closed = {"rest": "http://127.0.0.1:1/api/v3", "websocket": "ws://127.0.0.1:1/ws"}
    content = {"instruments": {SYMBOL: {"binance": MARKET}}, "venues": {"binance": closed}}
    with capture_logs() as logs, LiveFeed(parse_venue_table(content)) as feed:
        eventually(lambda: feed.health()[0].error is not None)
        board = Board(feed)
        for seconds in (0, UNREACHABLE_AFTER.total_seconds() - 1, UNREACHABLE_AFTER.total_seconds(), 60):
            board(after(seconds), True)
        assert list(feed.drain(timezone.now())) == []
    said = [log for log in logs if log["event"] == "no venue can be reached: nothing is published"]
    assert [(log["log_level"], log["since"]) for log in said] == [("error", after(0).isoformat())]
    report = venue_report()
    assert report is not None
    assert (report.venues[0]["venue"], report.venues[0]["heard_at"]) == ("binance", None)


def test_a_market_that_the_venue_does_not_list_is_told_and_the_others_go_on() -> None:
    with scene("binance") as here:
        content = {
            "instruments": {SYMBOL: {"binance": MARKET}, "ETH-USDT": {"binance": "ETH/USDT"}},
            "venues": {"binance": here.town["binance"].settings},
        }
        with LiveFeed(parse_venue_table(content)) as feed:
            eventually(lambda: feed.health()[0].state == "live")
            assert feed.health()[0].missing == ("ETH/USDT",)
