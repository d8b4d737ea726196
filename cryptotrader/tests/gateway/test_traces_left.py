"""A request leaves the same line in the log, and counts the same, at both doors."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from prometheus_client import REGISTRY

from accounts.tests.keys import made_key
from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.support.two_doors import ORDER, ORDERS, QUOTES, TIME, Both, Doors, Request, bearer, order
from trading.tests.cast import Trader

pytestmark = pytest.mark.django_db(transaction=True)
OWN = {"time", "milliseconds", "request_id", "trade_id", "user_id", "api_key_id", "_record", "_from_structlog"}
REQUESTS = [
    order(),
    order(),
    order(ORDER | {"amount": 11}),
    order(ORDER | {"amount": 1_000_000, "client_order_id": "two"}),
    Request("GET", ORDERS),
    Request("GET", f"{ORDERS}?limit=0"),
    Request("GET", f"{ORDERS}/0195a1b2-0000-7000-8000-000000000000"),
    order({}, path=f"{ORDERS}/0195a1b2-0000-7000-8000-000000000000/close"),
    order({"direction": "up", "duration": 60}, path=QUOTES),
    Request("GET", TIME),
]


def lines_of(caplog: pytest.LogCaptureFixture) -> list[tuple[int, dict[str, Any], set[str]]]:
    """Level, facts, and the names of the ids, of each request's line."""
    told = [(record.levelno, record.msg) for record in caplog.records if isinstance(record.msg, dict)]
    caplog.clear()
    requests = [(level, facts) for level, facts in told if facts["event"] == "request"]
    return [
        (level, {name: value for name, value in facts.items() if name not in OWN}, facts.keys() & OWN)
        for level, facts in requests
    ]


@pytest.mark.parametrize("way", ["token", "key"])
def test_the_line_of_a_request(
    doors: Doors, pair: tuple[Trader, Trader], way: str, caplog: pytest.LogCaptureFixture
) -> None:
    both = Both(doors, pair, lambda who: [bearer(tokens_of(who).access if way == "token" else made_key(who).secret)])
    caplog.set_level(logging.INFO, logger="cryptotrader")
    for request in REQUESTS:
        both.ask(request)
        lines = lines_of(caplog)
        assert len(lines) == 2
        assert lines[1] == lines[0]


@contextmanager
def counted(found: dict[Any, float]) -> Iterator[None]:
    """Fills in how the counts of requests change; of times, only how many."""
    before = _counts()
    yield
    found |= {name: value - before.get(name, 0) for name, value in _counts().items() if value != before.get(name, 0)}


def _counts() -> dict[Any, float]:
    return {
        (sample.name, *sorted(sample.labels.items())): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name.startswith("django_http") and not sample.name.endswith(("_sum", "_bucket", "_created"))
    }


def test_the_counts_of_a_request(doors: Doors, pair: tuple[Trader, Trader], both: Both) -> None:
    for request in REQUESTS:
        counts: list[dict[Any, float]] = []
        for ask, own in zip((doors.by_django, doors.by_gateway), both.headers, strict=True):
            asked = Request(request.method, request.path, [*request.headers, *own], request.body)
            counts.append({})
            with counted(counts[-1]):
                ask(asked)
        assert counts[1] == counts[0]
        assert len(counts[0]) >= 10
