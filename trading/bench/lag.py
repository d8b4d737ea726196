"""Measures the time from the price of a trade's expiry second to its settlement, with feed, worker and beat running.

Both moments are those at which a stream gets the message, right after each commit: an owner who listens sees the same.
"""

import os
import subprocess
import sys
import time
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from threading import Event, Thread

from django.conf import settings
from django.utils import timezone

from accounts.domain.channels import Message, user_topic
from accounts.domain.notation import write_instant
from accounts.publish import name_in_redis, topic_by_name
from accounts.redis_client import redis_client
from trading.bench.stage import open_market, register
from trading.domain.channels import Channel, Kind
from trading.domain.errors import StalePrice
from trading.domain.orders import Order
from trading.domain.terms import Direction
from trading.services.orders.open_trades import Accepted, open_trades

SYMBOL = "ETH-USDT"
PRICES = Channel(Kind.PRICES, SYMBOL)
DURATION_SECONDS = 15
START_SECONDS_MAX = 60
AFTERWARDS_SECONDS = DURATION_SECONDS + 20
CELERY = ("-m", "celery", "-A", "cryptotrader", "--quiet")
ALONE = ("--without-gossip", "--without-mingle", "--without-heartbeat")
PROGRAMS = (
    ("manage.py", "run_feed", "--feed", "simulated"),
    (*CELERY, "worker", "--queues", "celery", "--concurrency", "2", *ALONE),
    (*CELERY, "worker", "--queues", "settlement", "--concurrency", "2", *ALONE),
    (*CELERY, "beat", "--pidfile", ""),
)
"""The beat's interval under `make run`."""


@dataclass(frozen=True, slots=True)
class Lag:
    """Seconds from the price to the settlement of all trades, and the number of refused orders."""

    trades: int
    refused: int
    orders_per_second: float
    p50: float
    p99: float
    longest: float


class LagNotMeasured(Exception):
    """The processes didn't start, or some trades were never settled."""


def measure_lag(*, rate: int, seconds: int, wallets: int) -> Lag:
    """Open trades at this rate over these wallets for this time, and wait for their settlement.

    Raises LagNotMeasured.
    """
    open_market(SYMBOL)
    users = register(wallets, timezone.now())
    with _Listener(users) as heard, _running():
        if not heard.first_price.wait(START_SECONDS_MAX):
            raise LagNotMeasured(f"no price came within {START_SECONDS_MAX} s")
        _warm_up(users[0])
        started = time.monotonic()
        accepted, refused = _load(users, rate, seconds)
        taken = time.monotonic() - started
        heard.wait_for(accepted)
        lags = sorted(heard.lags(accepted))
    cuts = quantiles(lags, n=100, method="inclusive")
    return Lag(len(lags), refused, (len(lags) + refused) / taken, cuts[49], cuts[98], lags[-1])


def _warm_up(user: int) -> None:
    """Place one order and don't count it: the first order of a process is slow."""
    open_trades([_order(user, "warm-up")], clock=timezone.now)


def _load(users: list[int], rate: int, seconds: int) -> tuple[dict[str, datetime], int]:
    """Place orders at an even pace, late ones together. Returns the trades' expiries and the number of refused
    orders."""
    accepted: dict[str, datetime] = {}
    refused = given = 0
    started = time.monotonic()
    while given < rate * seconds:
        due = min(int((time.monotonic() - started) * rate) + 1, rate * seconds)
        orders = [_order(users[n % len(users)], f"lag-{n}") for n in range(given, due)]
        for result in open_trades(orders, clock=timezone.now) if orders else ():
            if isinstance(result, Accepted):
                accepted[str(result.trade.id)] = result.trade.expires_at
            elif isinstance(result, StalePrice):
                refused += 1
            else:
                raise result
        given = due
        time.sleep(max(0.0, started + given / rate - time.monotonic()))
    return accepted, refused


def _order(user: int, key: str) -> Order:
    return Order(user, key, SYMBOL, Direction.UP, Decimal(1), DURATION_SECONDS)


@contextmanager
def _running() -> Iterator[None]:
    """Run the processes, and end them with the block."""
    with ExitStack() as stack:
        schedule = Path(stack.enter_context(TemporaryDirectory())) / "schedule"
        log = stack.enter_context((Path(stack.enter_context(TemporaryDirectory())) / "log").open("wb"))
        for program in PROGRAMS:
            extra = ("--schedule", str(schedule)) if "beat" in program else ()
            environ = os.environ | {"PYTHONWARNINGS": "ignore"}
            process = subprocess.Popen(  # noqa: S603  (commands are ours)
                [sys.executable, *program, *extra], cwd=settings.BASE_DIR, env=environ, stdout=log, stderr=log
            )
            stack.callback(_end, process)
        yield


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@dataclass
class _Listener:
    """Listens like a stream, in its own thread: notes the time of each price and each settled trade."""

    users: list[int]
    first_price: Event = field(default_factory=Event)
    prices: list[tuple[str, float]] = field(default_factory=list)
    settled: dict[str, float] = field(default_factory=dict)
    _stop: Event = field(default_factory=Event)
    _subscribed: Event = field(default_factory=Event)

    def __enter__(self) -> "_Listener":
        self._thread = Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._subscribed.wait(10)
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def wait_for(self, trades: dict[str, datetime]) -> None:
        """Raises LagNotMeasured when the messages don't come."""
        deadline = time.monotonic() + AFTERWARDS_SECONDS
        while missing := trades.keys() - self.settled.keys():
            if time.monotonic() > deadline:
                raise LagNotMeasured(f"{len(missing)} of {len(trades)} trades were not heard to be settled")
            time.sleep(0.1)

    def lags(self, trades: dict[str, datetime]) -> Iterator[float]:
        """The lag of each trade, from the first price at or after its expiry: the series has then passed the expiry."""
        seconds = [second for second, _ in self.prices]
        for id, expires_at in trades.items():
            _, told_at = self.prices[bisect_left(seconds, write_instant(expires_at))]
            yield self.settled[id] - told_at

    def _listen(self) -> None:
        with redis_client(settings.REDIS_URL) as redis, redis.pubsub(ignore_subscribe_messages=True) as pubsub:
            topics = (PRICES.topic(), *map(user_topic, self.users))
            pubsub.subscribe(*map(name_in_redis, topics))
            self._subscribed.set()
            while not self._stop.is_set():
                message = pubsub.get_message(timeout=0.2)
                if message is not None:
                    self._hear(Message.decode(topic_by_name(message["channel"]), message["data"]), time.monotonic())

    def _hear(self, message: Message, at: float) -> None:
        if message.channel == PRICES.name:
            self.prices.append((message.data[-1]["priced_at"], at))
            self.first_price.set()
        elif message.channel == Kind.TRADES:
            self.settled |= {trade["id"]: at for trade in message.data if trade["state"] == "settled"}
