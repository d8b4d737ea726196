"""Each answer is counted by view, method and status: also one that a middleware gives instead of the view."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.cache import cache
from django.db import connections, transaction
from django.test import Client
from django.test.client import ClientHandler
from django.urls import reverse
from prometheus_client import REGISTRY
from pytest_django import Settings

from accounts.rest import rates
from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import Api
from accounts.tests.threads import until_waiting
from trading.tests.cast import open_stage, trader

ANSWERS = "django_http_responses_total_by_status_view_method_total"
TIMES = "django_http_requests_latency_seconds_by_view_method_count"
TIME, ORDERS = "/api/v1/time", "/api/v1/flash-trades"


def answers() -> dict[tuple[str, str, str], float]:
    """How many answers there were, by view, method and status."""
    return {
        (sample.labels["view"], sample.labels["method"], sample.labels["status"]): sample.value
        for metric in REGISTRY.collect()
        for sample in metric.samples
        if sample.name == ANSWERS
    }


def new(ask: Callable[[], Any]) -> dict[tuple[str, str, str], float]:
    """The answers to this question."""
    before = answers()
    ask()
    return {key: value - before.get(key, 0) for key, value in answers().items() if value != before.get(key, 0)}


def times(view: str, method: str) -> float:
    return REGISTRY.get_sample_value(TIMES, {"view": view, "method": method}) or 0


def view_of(path: str) -> str:
    """The name of a view, as an answer that nothing refuses is counted."""
    [(view, _, status)] = new(lambda: Api().get(path))
    assert status in ("200", "401")
    return view


@pytest.mark.django_db
@pytest.mark.parametrize(
    "headers", [{"Host": "elsewhere.example"}, {"Authorization": "Bearer\tx"}], ids=["another host", "credentials"]
)
def test_a_request_that_cannot_be_read(headers: dict[str, str]) -> None:
    view = view_of(TIME)
    assert new(lambda: Client(headers=headers).get(TIME)) == {(view, "GET", "400"): 1}


@pytest.mark.django_db
def test_a_body_that_somebody_would_have_to_unpack() -> None:
    view, before = view_of(ORDERS), times("flash-trades", "POST")
    packed = Client(headers={"Content-Encoding": "gzip"})
    assert new(lambda: packed.post(ORDERS, b"x", "application/json")) == {(view, "POST", "415"): 1}
    assert times(view, "POST") >= before + 1


@pytest.mark.django_db
def test_a_flood(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    view = view_of(TIME)
    cache.clear()
    monkeypatch.setattr(rates, "COUNTS", rates.Counts())
    settings.RATES_A_MINUTE = {"address": 1}
    asked = count()

    def flood() -> None:
        while Client().get(TIME).status_code != 429:
            assert next(asked) < 3

    assert new(flood)[view, "GET", "429"] == 1


@pytest.mark.django_db(transaction=True)
def test_a_site_that_turns_everybody_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its availability is what an objective promises: a 503 that nobody counts would hide that it is not there."""
    open_stage()
    api, view = Api(trader("alice")), view_of(ORDERS)
    monkeypatch.setitem(django_settings.DATABASES["default"]["OPTIONS"], "pool", {"max_size": 1, "timeout": 0})
    handler = ClientHandler()  # one server, with one place
    handler.load_middleware()
    api.client.handler = handler

    def occupy() -> None:
        try:
            api.get(ORDERS)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            run_sql("LOCK TABLE flash_trades IN ACCESS EXCLUSIVE MODE")
            occupied = pool.submit(occupy)
            until_waiting(1)
            found = new(lambda: api.get(ORDERS))
        occupied.result(timeout=PATIENCE_SECONDS)
    assert found == {(view, "GET", "503"): 1}


@pytest.mark.django_db
def test_methods_that_nobody_knows_are_one() -> None:
    before = {sample.labels.get("method") for metric in REGISTRY.collect() for sample in metric.samples}
    for word in ("BREW", "X" * 50):
        assert new(lambda word=word: Client().generic(word, TIME)) == {  # type: ignore[misc]
            (view_of(TIME), "<invalid method>", "405"): 1
        }
    after = {sample.labels.get("method") for metric in REGISTRY.collect() for sample in metric.samples}
    assert after - before <= {"<invalid method>", "GET"}


@pytest.mark.django_db
def test_a_length_that_is_no_number() -> None:
    found = new(lambda: Client().post(ORDERS, b"x", "application/json", CONTENT_LENGTH="many"))
    assert [(method, many) for (_, method, _), many in found.items()] == [("POST", 1)]


@pytest.mark.django_db
def test_files_are_not_counted_and_pages_are() -> None:
    assert new(lambda: Client().get(f"{django_settings.STATIC_URL}absent.css")) == {}
    assert list(new(lambda: Client().get(reverse("account_login")))) == [("account_login", "GET", "200")]
