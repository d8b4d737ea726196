"""Runs the feed: the process whose clock is the market's."""

import os
import signal
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial
from pathlib import Path
from threading import Event
from typing import Any, cast

import structlog
from django.conf import settings
from django.core.management.base import CommandError, CommandParser
from django.utils import timezone

from accounts.domain.notation import parse_decimal
from accounts.management.arguments import EXIT_USAGE
from accounts.management.command import OperatorCommand
from accounts.publish import listeners_of
from trading.domain.channels import Kind
from trading.domain.prices import Source
from trading.feeds.handoff import Handoff
from trading.feeds.instruments import feed_instruments
from trading.feeds.live.table import DEFAULT, BadVenueTable
from trading.feeds.lock import may_record
from trading.feeds.publisher import Publisher
from trading.feeds.pulse import give_sign_of_life
from trading.feeds.recording import NotARecording, Recording
from trading.feeds.replay import SPEED_MAX, SPEED_MIN, ReplayFeed
from trading.feeds.simulated import SimulatedFeed, secret_seed
from trading.feeds.source import FeedInstrument, FeedSource
from trading.services.prices.compare_clocks import compare_clocks
from trading.services.prices.record_index_prices import record_index_prices
from trading.tasks import publish_offers, settle_due_trades

log = structlog.get_logger(__name__)

EXIT_FAILURE = 1

HELP = """\
Publish the index price of every instrument at each whole UTC second, until SIGTERM or SIGINT.

Only one process publishes an instrument. Start as many as you like, on as many machines: the others wait,
and take over within 5 s when the first one dies, hangs or loses the database.

feeds:
  simulated  four virtual venues that quote an invented market; each of its prices is marked "simulated"
  replay     a recorded Binance stream (a line: receive time in ns, a blank, the message), plain or gzipped,
             its times moved to now by a whole number of seconds; again and again
  live       the venues that VENUES_FILE lists for each instrument (by default Binance, Bitstamp, Coinbase, Kraken
             and OKX), over their public WebSockets. A venue that is silent, far from the others or whose clock is
             wrong doesn't count. If too few venues can be reached, the feed publishes nothing and logs it, and
             trading stops until they are back

exit codes:
  0  stopped by a signal      1  failed     2  wrong arguments, a file that isn't a recording, or a list of venues
                                               that is wrong (USD and USDT mixed without a conversion),
                                               or a login of the database that can't record prices
  4  the database doesn't answer at the start (later on, the feed waits until it is back)

examples:
  manage.py run_feed
  manage.py run_feed --feed live --venues-file venues.toml
  manage.py run_feed --feed replay --file captures/btcusdt.jsonl.gz --speed 10
"""


class Command(OperatorCommand):
    help = HELP
    requires_system_checks: list[str] = []  # a fault in the pages must not stop the prices

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **kwargs)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: CommandParser) -> None:
        environ = os.environ
        parser.add_argument(
            "--feed", default=environ.get("FEED") or Source.SIMULATED, help="the feed (FEED; simulated)"
        )
        parser.add_argument(
            "--file",
            default=environ.get("REPLAY_FILE") or None,
            help="the recording (REPLAY_FILE; the only *.jsonl.gz in MARKET_DATA_DIR)",
        )
        parser.add_argument(
            "--venues-file",
            default=environ.get("VENUES_FILE") or None,
            help="the venues of each index, as TOML (VENUES_FILE; trading/feeds/live/venues.toml)",
        )
        parser.add_argument(
            "--speed",
            default=environ.get("REPLAY_SPEED") or "1",
            help=f"speed of the recording as a factor, {SPEED_MIN} to {SPEED_MAX} (REPLAY_SPEED; 1)",
        )
        parser.add_argument(
            "--seed",
            default=environ.get("SIMULATION_SEED") or None,
            help="any text: the same seed gives the same market (SIMULATION_SEED; derived from SECRET_KEY,"
            " so that nobody can know the prices to come)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        _check_feed(options["feed"])
        instruments, allowed = feed_instruments(), may_record()
        if not allowed:
            raise _failure("this login of the database can't record prices: run the feed with its own", EXIT_USAGE)
        if not instruments:
            raise _failure("there are no instruments to price", EXIT_FAILURE)
        source = _source(options, instruments)
        log.info("the feed starts", feed=str(source.source), instruments=sorted(source.instruments))
        try:
            _run(source)
        except NotARecording as error:
            raise _failure(str(error), EXIT_FAILURE) from error


def _run(source: FeedSource) -> None:
    if source.source != Source.LIVE:
        _publish(source, report=lambda at, publishing: None)
        return
    from trading.feeds.live.board import Board  # noqa: PLC0415  (its library takes seconds to load)
    from trading.feeds.live.feed import LiveFeed  # noqa: PLC0415

    feed = cast(LiveFeed, source)
    with feed:
        _publish(feed, report=Board(feed))


def _publish(source: FeedSource, *, report: Callable[[datetime, bool], None]) -> None:
    handoff = Handoff(lambda symbol: settle_due_trades.delay(instrument=symbol))
    offers = Handoff(_ask_for_offers, what="offers")

    def after_each_second(at: datetime, publishing: bool) -> None:
        give_sign_of_life()
        report(at, publishing)

    with _stop_signals() as stop:
        try:
            Publisher(
                source,
                instruments=feed_instruments,
                record=record_index_prices,
                settle=handoff,
                offer=offers,
                clock=timezone.now,
                wait=stop.wait,
                report=after_each_second,
                compare=partial(compare_clocks, program="feed", clock=timezone.now),
            ).run()
        finally:
            handoff.close()
            offers.close()


def _ask_for_offers(symbol: str) -> None:
    if listeners_of(Kind.OFFERS):
        publish_offers.delay(instrument=symbol)


@contextmanager
def _stop_signals() -> Iterator[Event]:
    """An event that SIGTERM and SIGINT set, while the block runs."""
    stop = Event()
    before = {number: signal.signal(number, lambda *_: stop.set()) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _source(options: dict[str, Any], instruments: list[FeedInstrument]) -> FeedSource:
    if options["feed"] == Source.LIVE:
        return _live(options, instruments)
    tradable = [item for item in instruments if item.tradable]
    if options["feed"] == Source.REPLAY:
        return _replay(options, tradable)
    return SimulatedFeed(tradable, seed=options["seed"] or secret_seed())


def _check_feed(feed: str) -> None:
    if feed not in list(Source):
        raise _failure(f"FEED must be simulated, replay or live, not {feed!r}", EXIT_USAGE)


def _live(options: dict[str, Any], instruments: list[FeedInstrument]) -> FeedSource:
    from trading.feeds.live.opening import live_feed  # noqa: PLC0415  (its library takes seconds to load)

    try:
        return live_feed(Path(options["venues_file"] or DEFAULT), instruments)
    except BadVenueTable as error:
        raise _failure(str(error), EXIT_USAGE) from error


def _replay(options: dict[str, Any], instruments: list[FeedInstrument]) -> ReplayFeed:
    speed = _speed(options["speed"])
    try:
        recording = Recording(_file(options["file"]))
    except NotARecording as error:
        raise _failure(str(error), EXIT_USAGE) from error
    source = ReplayFeed(recording, instruments, speed=speed)
    if not source.instruments:
        raise _failure(f"{recording.path} has no instrument of ours, only {sorted(recording.symbols)}", EXIT_USAGE)
    return source


def _speed(text: str) -> Decimal:
    speed = parse_decimal(text)
    if speed is None or not SPEED_MIN <= speed <= SPEED_MAX:
        raise _failure(f"REPLAY_SPEED must be a number from {SPEED_MIN} to {SPEED_MAX}, not {text!r}", EXIT_USAGE)
    return speed


def _file(text: str | None) -> Path:
    if text:
        return Path(text)
    directory = Path(os.environ.get("MARKET_DATA_DIR") or settings.BASE_DIR.parent / "shared" / "data" / "market")
    found = sorted(directory.glob("*.jsonl.gz"))
    if len(found) != 1:
        raise _failure(f"REPLAY_FILE must name a recording: {directory} (MARKET_DATA_DIR) has {len(found)}", EXIT_USAGE)
    return found[0]


def _failure(message: str, code: int) -> CommandError:
    return CommandError(message, returncode=code)
