"""The log of an outage: one line when it begins, a count while it lasts, one line when it is over."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import structlog
from django.conf import settings
from django.db import DatabaseError, OperationalError, connections
from django.test import Client
from psycopg import errors
from redis import ConnectionError as RedisConnectionError

from accounts import publish as publishing
from accounts.domain.channels import Message
from cryptotrader.logs import configuration
from cryptotrader.logs.outages import COUNT_SECONDS, DATABASE, QUIET_SECONDS, REDIS, Outages, dependency_of


class Log:
    """A console of its own, whose clock and timers the test moves."""

    def __init__(self) -> None:
        self.now = 0.0
        self.timers: list[Callable[[], None]] = []
        self.stream = io.StringIO()
        self.outages = Outages(lambda _, doing: self.timers.append(doing), lambda: self.now)

    @property
    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def after(self, seconds: float) -> None:
        self.now += seconds
        due, self.timers = self.timers, []
        for timer in due:
            timer()


@pytest.fixture
def log() -> Iterator[Log]:
    """In place of the console's filter."""
    made = Log()
    (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
    assert isinstance(console, logging.StreamHandler)
    (shipped,) = [each for each in console.filters if isinstance(each, Outages)]
    root = logging.getLogger()
    level = root.level
    root.setLevel(logging.INFO)  # as in a service
    shown, before = console.formatter, console.setStream(made.stream)
    console.removeFilter(shipped)
    shipped.forget()
    console.addFilter(made.outages)
    console.setFormatter(_json())
    yield made
    root.setLevel(level)
    console.setFormatter(shown)
    console.removeFilter(made.outages)
    console.addFilter(shipped)
    console.setStream(before)


def _json() -> logging.Formatter:
    formatter = configuration(readable=False, level="INFO")["formatters"]["event"]
    return structlog.stdlib.ProcessorFormatter(**{name: each for name, each in formatter.items() if name != "()"})


def broken(*_: object, **__: object) -> None:
    raise OperationalError("connection refused\nIs the server running?")


DOORS = [
    *("/", "/accounts/login/", "/admin/", "/wallet/", "/api/v1/instruments", "/api/v1/wallets", "/api/v1/flash-trades"),
    *("/api/v1/instruments/BTC-USDT/prices", "/udf/symbols?symbol=BTC-USDT", "/history/", "/docs/problems"),
]


def test_a_database_that_is_away_is_three_lines_for_all_doors(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(type(connections["default"]), "ensure_connection", broken)
    for _ in range(3):
        for door in DOORS:
            browser = Client(raise_request_exception=False)
            browser.cookies[settings.SESSION_COOKIE_NAME] = "x" * 32
            assert browser.get(door).status_code in (200, 302, 404, 500, 503)
    assert [line["event"] for line in log.lines] == ["outage begins"]
    (begun,) = log.lines
    assert (begun["event"], begun["level"], begun["dependency"]) == ("outage begins", "ERROR", DATABASE)
    assert begun["error"] == "connection refused"
    assert begun["first"]
    log.now += COUNT_SECONDS - 1
    Client(raise_request_exception=False).get("/api/v1/instruments")
    log.after(1)
    count = log.lines[1]
    assert (count["event"], count["lines_left_out"] >= 3 * 4) == ("outage goes on", True)
    log.after(QUIET_SECONDS)
    assert [line["event"] for line in log.lines] == ["outage begins", "outage goes on", "outage over"]
    log.after(COUNT_SECONDS)
    assert not log.timers


def test_what_is_said_in_any_form_is_one_outage(log: Log) -> None:
    """By Celery, by the pool of connections, by a caught error, by a fault somewhere."""
    for _ in range(5):
        try:
            broken()
        except OperationalError as error:
            logging.getLogger("celery.app.trace").exception("Task raised unexpected")
            structlog.get_logger("any").exception("the stream broke")
            structlog.get_logger("any").error("database unavailable", exc_info=error)
        logging.getLogger("psycopg.pool").warning("error connecting in %r: %s", "pool-1", "refused")
    assert [line["event"] for line in log.lines] == ["outage begins"]


def test_a_redis_that_is_away_is_an_outage_of_its_own(log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    def away() -> None:
        raise RedisConnectionError("connection refused")

    monkeypatch.setattr(publishing, "_redis", away)
    for _ in range(5):
        publishing._send([Message("topic", "channel", [])])
        assert publishing.listened_to(["topic"], numbered=True) == set()
    try:
        broken()
    except DatabaseError:
        logging.getLogger("any").exception("and PostgreSQL too")
    assert [(line["event"], line["dependency"]) for line in log.lines] == [
        ("outage begins", REDIS),
        ("outage begins", DATABASE),
    ]


def test_a_dependency_that_hangs_fails_rarely_and_is_still_one_outage(log: Log) -> None:
    """Each attempt takes long, and the pauses between them grow. A pool that closes tells of its hanging threads."""
    consumer, pool = logging.getLogger("celery.worker.consumer.consumer"), logging.getLogger("psycopg.pool")
    consumer.warning("consumer: Connection to broker lost. Trying to re-establish the connection...")
    for seconds in (20, 30, 40):
        for _ in range(seconds // 10):
            log.after(10)
        pool.warning("couldn't stop thread %r within %s seconds", "pool-1-worker-0", 5.0)
        consumer.error("consumer: Cannot connect to %s: %s.", "redis", "timeout")
    begun = [line["dependency"] for line in log.lines if line["event"] != "outage goes on"]
    assert begun == [REDIS, DATABASE]
    for _ in range(5):
        log.after(10)
    assert [(line["event"], line["seconds"]) for line in log.lines[-2:]] == [("outage over", 90), ("outage over", 70)]
    assert not log.timers


def test_other_faults_keep_their_tracebacks(log: Log) -> None:
    for error in (ZeroDivisionError("no"), _wrapped(errors.DeadlockDetected("deadlock detected"))):
        assert dependency_of(error) is None
        logging.getLogger("any").error("broken", exc_info=error)
    assert [line["event"] for line in log.lines] == ["broken"] * 2
    assert all("Traceback" in line["exception"] or "Error" in line["exception"] for line in log.lines)


def _wrapped(cause: Exception) -> OperationalError:
    error = OperationalError("deadlock detected")
    error.__cause__ = cause
    return error


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 409, 413, 429, 503])
def test_a_refusal_is_one_line_for_information(log: Log, status: int) -> None:
    extra = {"status_code": status, "request": None}
    logging.getLogger("django.request").log(logging.ERROR if status == 503 else logging.WARNING, "no", extra=extra)
    assert [(line["level"], line["event"]) for line in log.lines] == [("INFO", "no")]
