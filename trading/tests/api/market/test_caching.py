"""What many ask for has an ETag, is kept in Redis, and is never old."""

from datetime import timedelta

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.tests.cast import NOON, standing
from accounts.tests.rest_client import Api
from trading.domain.terms import Status
from trading.models import Instrument
from trading.services.instruments.set_instrument_status import set_instrument_status
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import SYMBOL, Stage, Trader

MARKET = [
    "/api/v1/instruments",
    f"/api/v1/instruments/{SYMBOL}/candles?interval=1m",
    f"/api/v1/instruments/{SYMBOL}/prices",
    "/api/v1/digests",
]
KEPT = {MARKET[0]: 1, MARKET[1]: 1, MARKET[3]: 1}
"""The queries that a second caller costs."""


@pytest.mark.parametrize("path", MARKET)
def test_who_has_the_answer_already_gets_no_body(stage: Stage, path: str) -> None:
    first = Api().get(path)
    assert first.headers["Cache-Control"].startswith("public")
    again = Api().get(path, **{"If-None-Match": first.headers["ETag"]})
    assert (again.status, again.content) == (304, b"")
    assert Api().get(path, **{"If-None-Match": '"another"'}).content == first.content


@pytest.mark.parametrize("path", KEPT)
def test_a_second_caller_costs_one_short_query(stage: Stage, path: str) -> None:
    cache.clear()
    first = Api().get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert Api().get(path).content == first.content
    assert len(queries) == KEPT[path]


def test_private_answers_have_none_and_are_not_stored(alice: Trader, stage: Stage) -> None:
    for path in ("/api/v1/wallets", "/api/v1/flash-trades", "/api/v1/me", "/api/v1/limits"):
        answer = Api(alice).get(path)
        assert (answer.headers["Cache-Control"], "ETag" in answer.headers) == ("no-store", False)


@pytest.mark.parametrize("path", MARKET[:3])
def test_a_new_price_is_seen_at_once(stage: Stage, path: str) -> None:
    old = Api().get(path)
    stage.price(NOON + timedelta(seconds=1), "60001.00")
    new = Api().get(path, **{"If-None-Match": old.headers["ETag"]})
    assert (new.status, "60001.00" in new.content.decode()) == (200, True)


@pytest.mark.django_db(transaction=True)
def test_a_pause_and_a_new_instrument_are_seen_at_once(stage: Stage) -> None:
    Api().get("/api/v1/instruments")
    set_instrument_status(symbols=[SYMBOL], status=Status.PAUSED, reason="maintenance", clock=standing(NOON))
    assert Api().get("/api/v1/instruments").json()["results"][0]["status"] == "paused"
    Instrument.objects.create(symbol="ETH-USDT", pip="0.01", durations=[60])
    assert len(Api().get("/api/v1/instruments").json()["results"]) == 2


@pytest.mark.django_db(transaction=True)
def test_a_published_day_is_seen_at_once(stage: Stage) -> None:
    assert Api().get("/api/v1/digests").json()["results"] == []
    publish_digests(now=NOON + timedelta(days=1, hours=1))
    assert len(Api().get("/api/v1/digests").json()["results"]) == 1


def test_without_redis_all_is_read_from_the_database(stage: Stage, settings: object) -> None:
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}  # type: ignore[attr-defined]
    with time_machine.travel(NOON, tick=False):
        assert [Api().get(path).status for path in MARKET] == [200] * 4
