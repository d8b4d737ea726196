"""One line for each request, in the format of production, with its ids; an error has its traceback, once."""

import json
import logging
import threading
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import pytest
import structlog
import time_machine
from django.core.cache import cache
from django.http import HttpRequest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import Api
from cryptotrader.logs.crashes import tell_end, tell_thread
from cryptotrader.logs.lines import as_text
from cryptotrader.logs.told import ClientFaults
from cryptotrader.tests.support.doors import order
from cryptotrader.tests.support.log_lines import Lines, production_lines
from trading.models import Instrument
from trading.services.orders import open_trades
from trading.tests.cast import Stage, Trader


@pytest.fixture
def lines() -> Iterator[Lines]:
    with production_lines() as captured:
        yield captured


@pytest.mark.django_db
def test_a_refusal_is_one_line_with_its_route_and_code(client: Client, lines: Lines) -> None:
    client.force_login(User.objects.create_superuser("staff@example.com", PASSWORD))
    assert client.post("/admin/trading/indexprice/add/", {"price": "1"}).status_code == 403
    client.get("/api/v1/flash-trades/not-an-id?token=geheim")
    client.get("/nowhere/geheim/")
    forbidden, unknown, nowhere = lines.all
    assert (forbidden["level"], forbidden["method"], forbidden["status"]) == ("INFO", "POST", 403)
    assert forbidden["route"] == "/admin/trading/indexprice/add/"
    assert forbidden["user_id"] == User.objects.get().pk
    assert (unknown["status"], unknown["code"]) == (404, "not-found")
    assert (nowhere["status"], "route" in nowhere) == (404, False)
    assert "geheim" not in lines.text
    assert "exception" not in forbidden


EARLY: dict[str, tuple[str, str, int, dict[str, Any]]] = {
    "two credentials": ("POST", "/api/v1/auth/token", 400, {"X-Api-Key": "a", "X-Session-Token": "b"}),
    "another host": ("POST", "/accounts/login/", 400, {"Host": "elsewhere.example"}),
    "an encoded body": ("POST", "/_allauth/app/v1/auth/login", 415, {"Content-Encoding": "gzip"}),
    "no JSON": ("POST", "/_allauth/app/v1/auth/login", 400, {}),
    "no CSRF token": ("POST", "/accounts/login/", 403, {}),
    "a browser's question": (
        "OPTIONS", "/api/v1/auth/token", 200, {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    ),
}  # fmt: skip


@pytest.mark.django_db
@pytest.mark.parametrize("way", EARLY)
def test_an_answer_of_a_middleware_has_the_route_too(lines: Lines, way: str) -> None:
    method, path, status, headers = EARLY[way]
    client = Client(enforce_csrf_checks=True)
    answer = client.generic(method, path, b"{x", content_type="application/json", headers=headers)
    line = lines.one("request")
    assert (answer.status_code, line["status"], line["route"]) == (status, status, path)


@pytest.mark.django_db
def test_a_flood_has_its_route(client: Client, settings: Settings) -> None:
    settings.RATES_A_MINUTE = {"access": 1}
    cache.clear()
    with production_lines(level="DEBUG") as lines, time_machine.travel(NOON, tick=False):
        for _ in range(2):
            client.post("/api/v1/auth/token", {}, content_type="application/json")
    told = lines.of("request")
    assert [line["status"] for line in told] == [400, 429]
    assert {line["route"] for line in told} == {"/api/v1/auth/token"}


@pytest.mark.django_db
def test_what_broke_is_one_line_with_its_traceback(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError("for alice@example.com")

    monkeypatch.setattr("trading.api.market.Time.get", broken)
    answer = Api().get("/api/v1/time")
    assert answer.status == 500
    line = lines.one("request")
    assert len(lines.all) == 1
    assert (line["level"], line["status"], line["request_id"]) == ("ERROR", 500, answer.headers["X-Request-ID"])
    assert "ZeroDivisionError: for [mail]" in line["exception"]


@pytest.mark.django_db
def test_the_id_comes_in_and_goes_out(client: Client, lines: Lines) -> None:
    given, taken = str(uuid4()), []
    bad = [
        "short",
        "x" * 65,
        "a" * 20 + "\n",
        "ct_abcdefghijkl_secret",
        "eyJhbGciOi.J9.abcdef",
        "alice@example.com",
        "",
    ]
    for each in [given, *bad]:
        taken.append(client.get("/api/v1/time", headers={"X-Request-ID": each})["X-Request-ID"])
    assert taken[0] == given
    assert not set(taken[1:]) & set(bad)
    assert len(set(taken)) == len(taken)
    assert [line["request_id"] for line in lines.of("request")] == taken


@pytest.mark.django_db
def test_probes_files_and_floods_are_for_debugging(client: Client, lines: Lines, settings: Settings) -> None:
    settings.RATES_A_MINUTE = {"address": 4}
    cache.clear()
    for path in ("/api/health/live", "/metrics", "/static/css/tokens.css"):
        client.get(path)
    assert lines.all == []
    with time_machine.travel(NOON, tick=False):  # all of them in one minute
        statuses = [client.get("/api/v1/time").status_code for _ in range(8)]
    assert statuses.count(429) > 2
    assert len(lines.of("request")) == statuses.count(200)
    assert len(lines.of("rate reached")) == 1


@pytest.mark.django_db
def test_a_slow_answer_is_a_warning(client: Client, lines: Lines, settings: Settings) -> None:
    settings.LOG_SLOW_MILLISECONDS = 0
    client.get("/api/v1/time")
    assert lines.one("request")["level"] == "WARN"


@pytest.mark.django_db(transaction=True)
def test_an_order_tells_its_trade_in_the_line_of_the_request_too(
    stage: Stage, alice: Trader, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    api = Api(alice)
    Instrument.objects.update(status="paused")
    api.post("/api/v1/flash-trades", order() | {"instrument": "BTC-USDT"})
    assert lines.of("request")[-1]["code"] == "instrument-closed"
    monkeypatch.setattr("trading.api.flash_trades.open_trade", lambda wanted, clock: _accepted(alice))
    answer = api.post("/api/v1/flash-trades", order() | {"instrument": "BTC-USDT"})
    opened, request = lines.one("trade opened"), lines.of("request")[-1]
    assert opened["trade_id"] == request["trade_id"] == answer.json()["id"]
    assert opened["user_id"] == request["user_id"] == alice.user.pk
    assert opened["request_id"] == request["request_id"] == answer.headers["X-Request-ID"]


def _accepted(trader: Trader) -> open_trades.Accepted:
    Instrument.objects.update(status="open")
    return open_trades.Accepted(trader.place(), replayed=False)


def test_an_unknown_field_leaves_the_program_in_no_line(lines: Lines) -> None:
    structlog.get_logger("accounts.any").warning("told", pasword="hunter2", user_id=3, reason="at 203.0.113.77")
    line = lines.one("told")
    assert (line["fields_left_out"], line["user_id"], line["reason"]) == (["pasword"], 3, "at 203.0.113.0/24")
    assert "hunter2" not in lines.text


def test_libraries_do_not_debug_and_celery_shows_no_message(lines: Lines) -> None:
    logging.getLogger("httpx").info("GET https://pay.example/?key=geheim")
    logging.getLogger("django.db.backends").debug("SELECT 'geheim'")
    logging.getLogger("uvicorn.access").info("GET /?token=geheim")
    logging.getLogger("celery.worker.consumer.consumer").error(
        "Received unregistered task.\nThe body was: %r", "geheim"
    )
    assert [line["event"] for line in lines.all] == ["Received unregistered task."]


def test_a_line_stays_a_line(lines: Lines) -> None:
    structlog.get_logger("accounts.any").warning("one", reason='a\nb\u2028c"d\x00', error="\ud800", first="가" * 5_000)
    assert len(lines.text.splitlines()) == 1
    assert json.loads(lines.text)["reason"] == 'a\nb\u2028c"d\x00'
    assert len(lines.text) < 8_000


def test_requests_that_cannot_be_read_are_one_line_a_minute(lines: Lines) -> None:
    now = 0.0
    faults = ClientFaults(lambda: now)
    told = []
    for second in range(0, 180, 10):
        now = float(second)
        try:
            b"\xff".decode()
        except UnicodeDecodeError as error:
            made = logging.LogRecord(
                "uvicorn.error", 40, "", 0, ClientFaults.MESSAGES[2], (), (type(error), error, None)
            )
        if faults.filter(made):
            told.append((made.levelname, made.exc_info, made.getMessage().rpartition(".")[2]))
    assert told == [("INFO", None, ""), *[("INFO", None, " 5 more in the last minutes")] * 2]


def test_people_read_short_lines(alice: Person, client: Client) -> None:
    line = {"time": "2026-11-30T02:41:29.516Z", "level": "WARN", "event": "it\x1bbroke", "user_id": 3}
    assert as_text(True)(None, "", line) == "02:41:29.516 \x1b[33mWARN \x1b[0m it?broke  \x1b[2muser_id=3\x1b[0m"
    with production_lines(readable=True) as lines:
        client.get("/api/v1/time")
        structlog.get_logger("accounts.any").error("it broke\x1b[31m", reason="two words", user_id=3)
    first, second = lines.text.splitlines()
    assert " INFO  GET /api/v1/time 200 " in first
    assert second.endswith("ERROR it broke?[31m  user_id=3 reason='two words'")


def test_a_request_that_never_came_so_far_is_told_by_django(lines: Lines) -> None:
    request = HttpRequest()
    extra = {"status_code": 404, "request": request}
    logging.getLogger("django.request").warning("Not Found: /x/", extra=extra)
    assert [(line["level"], line["logger"]) for line in lines.all] == [("INFO", "django.request")]


def test_an_error_that_ends_the_program_or_a_thread_is_a_line(lines: Lines) -> None:
    try:
        int("token=geheim")
    except ValueError as error:
        tell_end(type(error), error, error.__traceback__)
        tell_thread(threading.ExceptHookArgs((type(error), error, error.__traceback__, None)))
    assert [(line["level"], line["event"]) for line in lines.all] == [
        ("ERROR", "the program ends by an error"),
        ("ERROR", "a thread ends by an error"),
    ]
    assert "geheim" not in lines.text
    assert all("ValueError: " in line["exception"] for line in lines.all)
