"""A node of PostgreSQL that is about to be the primary refuses to write: that is an outage of seconds, and no fault."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pghistory
import pytest
from django.db import InternalError, OperationalError, connection
from django.test import Client
from structlog.testing import capture_logs

from accounts.database_errors import READ_ONLY_TRANSACTION, sqlstate_of
from accounts.tests.cast import PASSWORD
from cryptotrader.logs.outages import DATABASE, dependency_of
from trading.tests.cast import Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
ORDER = {"instrument": "BTC-USDT", "amount": "1.00", "direction": "up", "duration": 15, "demo": True}


def mode(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"SET SESSION CHARACTERISTICS AS TRANSACTION {name}")


@pytest.fixture
def alice() -> Trader:
    open_stage()
    return trader("alice")


@pytest.fixture
def signed_in(client: Client, alice: Trader) -> Iterator[Client]:
    assert client.login(email=alice.user.email, password=PASSWORD)
    mode("READ ONLY")
    yield client
    mode("READ WRITE")


def post(client: Client, path: str, body: Any) -> Any:
    return client.post(path, body, "application/json", headers={"Idempotency-Key": "a-key-of-mine"})


def test_a_program_is_told_to_come_again(signed_in: Client) -> None:
    answer = post(signed_in, "/api/v1/flash-trades", ORDER)
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "2")


def test_a_person_gets_the_page_of_an_outage(signed_in: Client) -> None:
    with capture_logs():
        assert signed_in.post("/accounts/logout/").status_code == 503


def test_it_is_told_as_an_outage_of_the_database(alice: Trader) -> None:
    mode("READ ONLY")
    try:
        with pytest.raises(OperationalError) as refused:
            alice.user.save()
    finally:
        mode("READ WRITE")
    assert sqlstate_of(refused.value) == READ_ONLY_TRANSACTION
    assert dependency_of(refused.value) == DATABASE


def test_other_internal_errors_stay_what_they_are(db: None) -> None:
    with pytest.raises(InternalError), connection.cursor() as cursor:
        cursor.execute("DO $$ BEGIN RAISE SQLSTATE 'XX001'; END $$")


def test_a_connection_that_is_made_within_a_context_leaves_no_wrapper_behind() -> None:
    """The audit's context wraps the statements of a request, whose first statement may open the connection."""

    def request() -> list[Any]:
        try:
            with pghistory.context(task="any"), connection.cursor() as cursor:
                cursor.execute("SELECT 1")
            return list(connection.execute_wrappers)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        assert [wrapper.__name__ for wrapper in pool.submit(request).result()] == ["_tell_standby"]
