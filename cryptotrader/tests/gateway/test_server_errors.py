"""An error of ours is the same problem at both doors, leaves the same traces, and ends with its cause.

The cause is a real one: a table that isn't there, as in the middle of a bad deployment.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from cryptotrader.tests.gateway.test_traces_left import counted, lines_of
from cryptotrader.tests.support.two_doors import ORDERS, QUOTES, Both, Reply, Request, order
from trading.models import FlashTrade

pytestmark = pytest.mark.django_db(transaction=True)
ONE = f"{ORDERS}/0195a1b2-0000-7000-8000-000000000000"
ODD = ("requests_latency_seconds_by_view", "responses_total_by_templatename")
ID = "an-id-of-the-client"
BROKEN = {
    "an order": ("flash_trades", order()),
    "an order's receipt": ("receipts", order()),
    "a list": ("flash_trades", Request("GET", ORDERS)),
    "a trade": ("flash_trades", Request("GET", ONE)),
    "a close order": ("flash_trades", order({}, path=f"{ONE}/close")),
    "a quote": ("instruments", order({"direction": "up", "duration": 60}, path=QUOTES)),
    "the caller of an order": ("users", order()),
    "the caller of a list": ("users", Request("GET", ORDERS)),
}


@contextmanager
def without(table: str) -> Iterator[None]:
    """The database without a table, for every connection."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        try:
            yield
        finally:
            cursor.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')


@pytest.mark.parametrize("case", BROKEN)
def test_both_doors_answer_alike_and_go_on_afterwards(both: Both, case: str, caplog: pytest.LogCaptureFixture) -> None:
    table, request = BROKEN[case]
    caplog.set_level(logging.INFO, logger="cryptotrader")
    asked = replace(request, headers=[*request.headers, ("X-Request-ID", ID)])
    with without(table):
        replies, counts = zip(*(_asked(both, number, asked) for number in (0, 1)), strict=True)
    assert replies[1].told == replies[0].told
    assert (replies[0].passed_on, replies[1].passed_on) == (False, False)
    for reply in replies:
        _check_problem(reply)
    lines = [(level, facts.pop("_error", None), facts, ids) for level, facts, ids in lines_of(caplog)]
    for level, error, facts, _ in lines:
        assert (level, type(error).__name__) == (logging.ERROR, "ProgrammingError")
        assert facts.pop("exception").startswith("Traceback")
    assert lines[1][2:] == lines[0][2:]
    assert told_of(counts[1]) == told_of(counts[0])
    assert len(told_of(counts[0])) >= 10
    assert FlashTrade.objects.count() == 0
    assert both.ask(order()).status == 201
    assert both.ask(Request("GET", ORDERS)).json["results"]


def _asked(both: Both, number: int, request: Request) -> tuple[Reply, dict[Any, float]]:
    ask = (both.doors.by_django, both.doors.by_gateway)[number]
    counts: dict[Any, float] = {}
    with counted(counts):
        reply = ask(replace(request, headers=[*request.headers, *both.headers[number]]))
    return reply, counts


def _check_problem(reply: Reply) -> None:
    assert (reply.status, reply.header("Content-Type")) == (500, "application/problem+json")
    assert reply.header("X-Request-ID") == reply.json["request_id"] == ID
    assert "no-store" in str(reply.header("Cache-Control"))
    assert reply.header("Retry-After") is None
    assert reply.json.keys() == {"type", "title", "status", "code", "detail", "request_id"}
    assert (reply.json["code"], reply.json["detail"]) == ("server-error", "")


def told_of(counts: dict[Any, float]) -> dict[Any, float]:
    """Without what the library counts oddly: an error's time twice, and the template of its answer never."""
    return {name: value for name, value in counts.items() if not any(odd in name[0] for odd in ODD)}
