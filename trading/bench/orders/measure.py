"""Measures the doors in turn, round by round, so that a slow moment of the machine affects them all."""

import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from importlib import import_module
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from allauth.headless.tokens.strategies.jwt import internal
from django.conf import settings
from django.contrib.auth import get_user_model
from django.test.utils import override_settings
from django.utils import timezone

from trading.bench.crowd import sessions_of
from trading.bench.growth.copies import Copies
from trading.bench.orders.clients import Noted, Task
from trading.bench.orders.programs import FEED, PATHS, NotMeasured, Pgbench, clients, postmaster, program, server, spent
from trading.bench.stage import SYMBOL, register
from trading.models import Instrument

TOKENS_LIVE = {"HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN": 86_400}
ENOUGH = 10**9
WARM_SECONDS = 3.0
OPEN_RATES = (100, 400)
PAST_TRADES = 100_000
PAST_PEOPLE = 1_000
"""Orders are measured among trades that are there already: PostgreSQL plans for a table that it saw empty would read
it whole, as in no house that is older than a day."""


@dataclass(frozen=True, slots=True)
class Round:
    """A door under a load: orders or requests a second, milliseconds, and microseconds of processor a request."""

    a_second: float
    p50: float
    p95: float
    p99: float
    application: float
    database: float
    failed: int


@dataclass(frozen=True, slots=True)
class Line:
    """The medians of a door's rounds."""

    door: str
    load: str
    rounds: int
    middle: Round


def measure(
    *, port: int, rounds: int, seconds: float, open_seconds: float, people: int, doors: Sequence[str]
) -> Iterator[Line]:
    """Yields the lines of each load: 32 and 128 connections, then the arrivals. Raises NotMeasured."""
    _stage()
    tokens = _tokens(register(people, timezone.now()))
    with ExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory()))
        stack.enter_context(program(FEED, directory))
        wire = stack.enter_context(clients())
        ports = {door: port + number for number, door in enumerate(doors)}
        pids = {door: stack.enter_context(server(door, ports[door], directory)).pid for door in doors}
        hand = _Hand(wire, ports, pids, tokens)
        for door in doors:
            hand.warm_up(door)
        bench = Pgbench()
        stack.callback(bench.drop)
        yield from _closed_loop(hand, bench, doors, rounds, seconds)
        yield from _open_loop(hand, doors, open_seconds)


def _closed_loop(hand: "_Hand", bench: Pgbench, doors: Sequence[str], rounds: int, seconds: float) -> Iterator[Line]:
    found: defaultdict[tuple[str, str], list[Round]] = defaultdict(list)
    for number in range(rounds):
        found["pgbench -N", "32 connections"].append(_bare(bench.a_second(32, max(1, int(seconds)))))
        for connections in (32, 128):
            for door in doors:
                played = hand.play(door, connections=connections, seconds=seconds)
                found[door, f"{connections} connections"].append(played)
        sys.stderr.write(f"round {number + 1} of {rounds} done\n")
    for (door, load), each in sorted(found.items(), key=lambda item: (len(item[0][1]), item[0][1])):
        yield Line(door, load, rounds, _middle(each))


def _open_loop(hand: "_Hand", doors: Sequence[str], seconds: float) -> Iterator[Line]:
    for rate in OPEN_RATES:
        for door in doors:
            if door != "plain" and seconds:
                yield Line(door, f"{rate} arrivals/s", 1, hand.play(door, rate=float(rate), seconds=seconds))


class _Hand:
    """Gives the clients a load for a door, and reads the processors' time around it."""

    def __init__(self, wire: Connection, ports: dict[str, int], pids: dict[str, int], tokens: Sequence[str]) -> None:
        self._wire, self._ports, self._pids, self._tokens = wire, ports, pids, tokens
        self._database, self._count = postmaster(), 0

    def warm_up(self, door: str) -> None:
        self.play(door, connections=8, seconds=WARM_SECONDS)

    def play(self, door: str, *, seconds: float, connections: int = 0, rate: float = 0.0) -> Round:
        self._count += 1
        stamp = f"{self._count}-{timezone.now():%H%M%S}"
        task = Task(self._ports[door], PATHS[door], self._tokens, seconds, stamp, connections, rate)
        before = self._spent(door)
        self._wire.send(task)
        noted: Noted = self._wire.recv()
        application, database = (after - earlier for after, earlier in zip(self._spent(door), before, strict=True))
        good = sum(count for status, count in noted.statuses.items() if status in (200, 201))
        if not good:
            raise NotMeasured(f"{door}: {dict(noted.statuses)}")
        cuts = [cut * 1000 for cut in quantiles(noted.seconds, n=100, method="inclusive")]
        failed = noted.statuses.total() - good
        each = 1_000_000 / noted.statuses.total()
        return Round(good / noted.took, cuts[49], cuts[94], cuts[98], application * each, database * each, failed)

    def _spent(self, door: str) -> tuple[float, float]:
        return spent(self._pids[door]), spent(self._database)


def _stage() -> None:
    """A market with a past, and with every cap on, too high to be reached."""
    past = Copies(people=PAST_PEOPLE, now=timezone.now().replace(microsecond=0) - timedelta(hours=1))
    past.fill(PAST_TRADES)
    caps = {"liability_max": ENOUGH, "bucket_liability_max": ENOUGH, "staked_max": ENOUGH, "open_trades_max": ENOUGH}
    Instrument.objects.filter(symbol=SYMBOL).update(stake_min=Decimal(1), **caps)


def _tokens(users: Sequence[int]) -> list[str]:
    """An access token of each person, of a session that stays."""
    store = import_module(settings.SESSION_ENGINE).SessionStore
    people = {str(user.pk): user for user in get_user_model().objects.filter(pk__in=users)}
    made = []
    with override_settings(**TOKENS_LIVE):
        for key in sessions_of(users):
            session = store(key)
            made.append(internal.create_access_token(people[session["_auth_user_id"]], session, {}))
    return made


def _bare(a_second: float) -> Round:
    return Round(a_second, 0, 0, 0, 0, 0, 0)


def _middle(rounds: Sequence[Round]) -> Round:
    def of(value: Callable[[Round], float]) -> float:
        return median(value(each) for each in rounds)

    return Round(
        of(lambda each: each.a_second), of(lambda each: each.p50), of(lambda each: each.p95), of(lambda each: each.p99),
        of(lambda each: each.application), of(lambda each: each.database), sum(each.failed for each in rounds),
    )  # fmt: skip
