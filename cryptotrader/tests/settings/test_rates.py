"""The rates as they are shipped, and as they are counted."""

import re
from functools import partial
from pathlib import Path

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client
from django.urls import get_resolver
from pytest_django import Settings
from redis.connection import AbstractConnection

from accounts.rest import rates
from accounts.rest.rates import PAUSE_SECONDS, Counts
from accounts.tests.cast import NOON
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import at_once
from cryptotrader.configuration import rest as shipped
from cryptotrader.requests.floods import ACCESS
from cryptotrader.tests.people.test_parameters import routes
from trading.tests.cast import Stage, Trader

ENOUGH = {"address": 1000, "requests": 1000, "orders": 1000}
ORDER = {"amount": 1, "direction": "up", "duration": 60}
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
COSTLY = re.compile(
    "password|login|signup|authenticate|2fa|webauthn|auth/token|register|verif|resend|(me|settings)/close"
)


@pytest.fixture(autouse=True)
def _from_zero(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "COUNTS", Counts())
    cache.clear()


def test_a_ticket_that_is_left_open_is_never_refused_a_quote() -> None:
    assert shipped.RATES_A_MINUTE["quotes"] >= 5 * 28


def test_the_document_tells_every_rate() -> None:
    text = DOCUMENT.read_text()
    for rate, most in shipped.RATES_A_MINUTE.items():
        assert f"| `{rate}` | {most:,} |" in text


def test_every_door_that_costs_much_is_counted() -> None:
    """Those that can hash a password, check a code or send a mail, by the words in their addresses."""
    doors = ["/" + route.lstrip("^") for route, _ in routes(get_resolver().url_patterns)]
    costly = [door for door in doors if COSTLY.search(door) and not door.startswith(("/admin/", "/.well-known/"))]
    assert len(costly) > 25
    assert [door for door in costly if not door.startswith(ACCESS)] == []


@pytest.mark.django_db
def test_an_address_is_refused_everywhere_and_another_is_not(settings: Settings) -> None:
    settings.RATES_A_MINUTE = {"address": 3}
    visitor = Client()
    with time_machine.travel(NOON, tick=False):
        for path in ("/api/v1/time", "/udf/time", "/accounts/login/"):
            assert visitor.get(path).status_code == 200
        refused = Answer(visitor.get("/api/v1/time")).assert_problem(429, "too-many-requests")
        assert refused.headers["Retry-After"] == "61"
        page = visitor.get("/accounts/login/", headers={"Accept-Language": "ko"})
        assert (page.status_code, page["Retry-After"]) == (429, "61")
        assert "요청" in page.content.decode()
        assert visitor.get("/api/health/live").status_code == 200
        assert visitor.get("/api/v1/time", REMOTE_ADDR="192.0.2.7").status_code == 200
    with time_machine.travel(NOON.replace(minute=1), tick=False):
        assert visitor.get("/api/v1/time").status_code == 200


@pytest.mark.django_db
def test_addresses_of_one_ipv6_network_count_together(settings: Settings) -> None:
    settings.RATES_A_MINUTE = {"address": 2}
    with time_machine.travel(NOON, tick=False):
        asked = [Client().get("/api/v1/time", REMOTE_ADDR=f"2001:db8::{n}").status_code for n in range(3)]
    assert asked == [200, 200, 429]


@pytest.mark.django_db
def test_sign_ins_of_an_address_are_counted_whether_right_or_wrong(settings: Settings, alice: Trader) -> None:
    settings.RATES_A_MINUTE = {"access": 2}
    login = {"email": "alice@example.com", "password": "wrong"}
    with time_machine.travel(NOON, tick=False):
        Api().post("/api/v1/auth/token", login).assert_problem(401, "invalid-credentials")
        assert Client().post("/accounts/login/", {}).status_code == 200
        assert Client().get("/accounts/login/").status_code == 200
        for path in ("/api/v1/auth/token", "/_allauth/app/v1/auth/login"):
            Api().post(path, login).assert_problem(429, "too-many-requests")


def test_orders_of_a_person_are_counted_and_looking_goes_on(settings: Settings, alice: Trader, stage: Stage) -> None:
    settings.RATES_A_MINUTE = {"orders": 2}
    path = "/api/v1/flash-trades"
    with time_machine.travel(NOON, tick=False):
        alices = Api(alice)
        for key in ("one", "one"):  # the same order again counts too: it costs as much
            assert alices.post(path, ORDER | {"client_order_id": key}).status in (201, 503)
        alices.post(path, ORDER | {"client_order_id": "two"}).assert_problem(429, "too-many-requests")
        assert alices.get(path).status == 200


def test_all_rest_requests_of_a_person_are_counted_and_none_of_others(
    settings: Settings, alice: Trader, bob: Trader
) -> None:
    settings.RATES_A_MINUTE = {"requests": 2}
    with time_machine.travel(NOON, tick=False):
        alices, bobs = Api(alice), Api(bob)
        assert [alices.get("/api/v1/me").status, alices.get("/api/v1/wallets").status] == [200, 200]
        for path in ("/api/v1/me", "/api/v1/flash-trades"):
            alices.get(path).assert_problem(429, "too-many-requests")
        assert bobs.get("/api/v1/me").status == 200


def test_each_answer_tells_all_rates_that_counted_it(settings: Settings, alice: Trader) -> None:
    settings.RATES_A_MINUTE = {"address": 100, "requests": 2, "access": 5}
    with time_machine.travel(NOON.replace(second=15), tick=False):
        alices = Api(alice)
        first, _, refused = (alices.get("/api/v1/me") for _ in range(3))
        assert first.headers["RateLimit-Policy"] == '"address";q=100;w=60, "requests";q=2;w=60'
        assert first.headers["RateLimit"] == '"address";r=99;t=46, "requests";r=1;t=46'
        assert refused.assert_problem(429, "too-many-requests").headers["RateLimit"].endswith('"requests";r=0;t=46')
        assert Api().post("/api/v1/auth/token", {}).headers["RateLimit"] == '"address";r=96;t=46, "access";r=4;t=46'
        assert "RateLimit" not in Client().get("/accounts/login/").headers


def test_the_rates_are_published(settings: Settings, alice: Trader) -> None:
    settings.RATES_A_MINUTE = {"orders": 7}
    told = [{"name": "orders", "requests": 7, "window_seconds": 60}]
    assert Api().get("/api/v1/limits").json().keys() == {"rates", "bounds"}
    for caller in (Api(), Api(alice)):
        assert caller.get("/api/v1/limits").json()["rates"] == told


@pytest.mark.django_db(transaction=True)
def test_a_rate_is_exact_for_fifty_clients_at_once(settings: Settings, stage: Stage, alice: Trader) -> None:
    settings.RATES_A_MINUTE = {"orders": 30}
    with time_machine.travel(NOON, tick=False):
        client = Api(alice)
        calls = [partial(client.post, "/api/v1/flash-trades", ORDER | {"client_order_id": f"{n}"}) for n in range(50)]
        answers = at_once(calls)
    limited = [answer for answer in answers if isinstance(answer, Answer) and answer.status == 429]
    passed = [answer for answer in answers if isinstance(answer, Answer) and answer.status != 429]
    assert (len(limited), len(passed)) == (20, 30)
    left = sorted(re.findall(r"r=(\d+)", answer.headers["RateLimit"])[0] for answer in passed)
    assert left == sorted(str(n) for n in range(30))
    assert {answer.headers["Retry-After"] for answer in limited} == {"60"}


def test_a_redis_that_is_away_is_asked_once_a_second(settings: Settings) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    now, asked = [0.0], []
    counts = Counts(clock=lambda: now[0])
    counted = counts._add
    counts._add = lambda more: (asked.append(now[0]), counted(more))[1]  # type: ignore[method-assign,func-returns-value]
    for now[0] in (0.0, 0.5, PAUSE_SECONDS - 0.01, PAUSE_SECONDS, PAUSE_SECONDS + 0.5):
        assert counts.add("key") is None
    assert asked == [0.0, PAUSE_SECONDS]


@pytest.fixture
def calls_of_redis(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The calls that this process sends, each a way there and back."""
    calls: list[object] = []
    send = AbstractConnection.send_packed_command

    def noted(connection: AbstractConnection, command: object, check_health: bool = True) -> None:
        calls.append(command)
        send(connection, command, check_health)

    monkeypatch.setattr(AbstractConnection, "send_packed_command", noted)
    return calls


def test_all_rates_of_a_caller_cost_one_call_of_redis(settings: Settings, calls_of_redis: list[object]) -> None:
    settings.RATES_A_MINUTE = ENOUGH
    for number in (1, 2):
        calls_of_redis.clear()
        counted = rates.count_requests([("requests", 7), ("orders", 7)])
        assert [each and each.count for each in counted] == [number, number]
        assert len(calls_of_redis) == 1 or number == 1  # a new Redis is told the script first


@pytest.mark.django_db(transaction=True)
def test_an_order_calls_redis_for_its_address_its_person_and_its_listeners(
    settings: Settings, stage: Stage, alice: Trader, calls_of_redis: list[object]
) -> None:
    settings.RATES_A_MINUTE = ENOUGH
    with time_machine.travel(NOON, tick=False):
        client = Api(alice)
        for key in ("first", "second"):
            calls_of_redis.clear()
            assert client.post("/api/v1/flash-trades", ORDER | {"client_order_id": key}).status == 201
    assert len(calls_of_redis) == 3


@pytest.mark.django_db(transaction=True)
def test_parallel_requests_are_counted_exactly() -> None:
    counts = Counts()
    assert sorted(at_once([lambda: counts.add("rate:many")] * 20), key=str) == sorted(range(1, 21), key=str)
