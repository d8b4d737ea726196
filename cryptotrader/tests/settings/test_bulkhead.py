"""A lock on one table, and all the requests that wait for it, take nothing down that doesn't read this table."""

from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from django.conf import settings
from django.core.cache import cache
from django.db import connections, transaction
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.test.client import ClientHandler
from django.urls import reverse

from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.rest_client import Answer, Api
from accounts.tests.threads import until_waiting, waiting
from cryptotrader.middleware.bulkhead import SHARE, BulkheadMiddleware
from trading.tests.cast import open_stage, trader

POOL = settings.DATABASES["default"]["OPTIONS"]["pool"]["max_size"]
WAITING = POOL - POOL // SHARE


@pytest.fixture(autouse=True)
def no_other_clocks() -> None:
    """Reports of programs that other tests ran."""
    cache.clear()


def ask(handler: ClientHandler, path: str, token: str | None) -> Answer:
    """From a thread, as a server's: its connection goes back to the pool with the answer."""
    api = Api(token=token)
    api.client.handler = handler
    try:
        return api.get(path)
    finally:
        connections.close_all()


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_reads_that_need_no_lock_go_on_while_a_table_is_locked() -> None:
    open_stage()
    token = Api(trader("alice")).headers["Authorization"].removeprefix("Bearer ")
    handler = ClientHandler()  # one server: all requests share its places
    handler.load_middleware()
    with ThreadPoolExecutor(2 * POOL) as pool:
        with transaction.atomic():
            run_sql("LOCK TABLE flash_trades IN ACCESS EXCLUSIVE MODE")
            stuck = [pool.submit(ask, handler, "/api/v1/flash-trades", token) for _ in range(POOL + 5)]
            until_waiting(WAITING)
            reads: dict[str, Future[Answer]] = {
                path: pool.submit(ask, handler, path, None)
                for path in ("/api/v1/instruments", "/api/v1/time", "/udf/time", "/api/health/ready", "/metrics")
            }
            answers = {path: read.result(timeout=PATIENCE_SECONDS).status for path, read in reads.items()}
            assert not [future for future in stuck if future.done()]
            assert waiting() <= WAITING + 1  # the metrics' own connection, for a second
        assert answers == dict.fromkeys(reads, 200)
        assert {future.result(timeout=PATIENCE_SECONDS).status for future in stuck} == {200}


@pytest.mark.django_db(transaction=True)
def test_health_says_which_reads_are_blocked() -> None:
    open_stage()
    handler = ClientHandler()
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        run_sql("LOCK TABLE instruments IN ACCESS EXCLUSIVE MODE")
        answer = pool.submit(ask, handler, "/api/health/ready", None).result(timeout=PATIENCE_SECONDS)
    body = answer.json()
    assert (answer.status, body["indexes"]) == (200, [])
    assert {"code": "reads-blocked", "about": "index_prices"} in body["faults"]


def test_who_finds_no_place_hears_to_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(settings.DATABASES["default"]["OPTIONS"], "pool", {"max_size": 1, "timeout": 0})
    mine, market, page = (
        RequestFactory().get(path) for path in ("/api/v1/flash-trades", "/api/v1/time", reverse("history"))
    )

    def while_the_only_place_is_taken(request: HttpRequest) -> HttpResponse:
        if request is mine:
            assert middleware(market).status_code == 200
            for other in (RequestFactory().get(mine.path), page):
                refused = middleware(other)
                assert (refused.status_code, refused["Retry-After"]) == (503, "2")
        return HttpResponse()

    middleware = BulkheadMiddleware(while_the_only_place_is_taken)
    assert [middleware(request).status_code for request in (mine, mine)] == [200, 200]
