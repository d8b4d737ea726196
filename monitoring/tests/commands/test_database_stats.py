"""The statistics of the real servers: the sections are there, and tell of that which was done."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from django.utils import timezone
from redis import Redis

from accounts.tests.guards import run_sql
from accounts.tests.patience import PATIENCE_SECONDS
from accounts.tests.threads import at_once
from cryptotrader.tests.support.valkey import OwnValkey
from monitoring.domain.growth import Footprint
from monitoring.management.tables import table
from trading.tests.cast import open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)


def stats(*arguments: str) -> Any:
    out = StringIO()
    call_command("database_stats", "--json", *arguments, stdout=out)
    return json.loads(out.getvalue())


def test_it_tells_of_statements_sizes_and_growth() -> None:
    stage, alice = open_stage(), trader("alice")
    now = timezone.now().replace(microsecond=0)
    stage.past([(now - timedelta(seconds=1), "60000.00")])
    for _ in range(3):
        alice.place(at=now)
    run_sql("ANALYZE")
    found = stats("--limit", "100")
    assert found["database"][0]["bytes"] > 1_000_000
    tables = {row["table"]: row for row in found["tables"]}
    assert tables["flash_trades"]["bytes"] > 0
    assert tables["index_prices"]["parts"] >= 1
    assert sum(row["count"] for row in found["connections"]) >= 1
    assert not {row["index"] for row in found["unused_indexes"]} & {"one_trade_a_key", "flash_trades_pkey"}
    assert found["growth"]["trades"] == found["growth"]["trades_a_day"] == 3
    assert found["growth"]["bytes_a_trade"] > 0
    if found["statements"] is not None:  # a server of the developer's own may not count them
        assert all(row["calls"] > 0 and row["total_seconds"] >= 0 for row in found["statements"])
        assert len(stats("--limit", "2")["statements"]) == 2


def blocked_here(found: dict[str, Any]) -> list[dict[str, Any]]:
    """The server may have other databases, in which other tests wait."""
    return [row for row in found["blocked"] if "price_prunings" in row["query"]]


@pytest.mark.long
def test_it_names_who_blocks_whom_though_the_sizes_wait_too() -> None:
    with ThreadPoolExecutor(1) as pool, transaction.atomic():
        run_sql("LOCK TABLE price_prunings IN ACCESS EXCLUSIVE MODE")
        pool.submit(at_once, [lambda: run_sql("SELECT FROM price_prunings")])
        for _ in range(PATIENCE_SECONDS):
            (answer,) = at_once([stats])
            if isinstance(answer, dict) and blocked_here(answer):
                break
        found: Any = answer
        (row,) = blocked_here(found)
        assert (row["holder_state"], row["holder"] != row["pid"]) == ("idle in transaction", True)
        assert [lock for lock in found["locks"] if lock["on"] == "price_prunings" and lock["waiting"]]
        assert row["holder"] in {each["pid"] for each in found["oldest_transactions"]}
        assert found["tables"] is None


def test_people_read_it_as_tables() -> None:
    out = StringIO()
    call_command("database_stats", stdout=out, stderr=StringIO())
    lines = out.getvalue().splitlines()
    assert [line for line in lines if line.startswith("== ")][1:3] == ["== database", "== tables"]
    assert lines[-1].startswith("after a year at this rate, if nothing is pruned: ")
    rows = [{"name": "a", "size_bytes": 1_234_567, "at": None}, {"name": "b\nc", "size_bytes": 12, "at": 0.5}]
    assert list(table("two_rows", rows)) == [
        "== two rows",
        "name  size_bytes  at",
        "a     1.2 MB      -",
        "b c   12 B        0.50",
        "",
    ]


@pytest.mark.usefixtures("no_database")
def test_it_says_when_the_database_does_not_answer() -> None:
    (error,) = at_once([stats])
    assert isinstance(error, CommandError)
    assert error.returncode == 4


def test_growth_is_projected_from_the_rate_of_a_day() -> None:
    found = Footprint(1000, 100, 2_000_000, 400_000_000, 1_000_000, 432_000, 10**9)
    assert (found.bytes_a_trade, found.bytes_a_price) == (2000, 400)
    assert found.bytes_a_day == 100 * 2000 + 432_000 * 400
    assert found.after(10) == 10**9 + 10 * found.bytes_a_day
    assert Footprint(0, 0, 0, 0, 0, 0, 5).after(365) == 5


def test_redis_tells_of_memory_keys_and_queues() -> None:
    out = StringIO()
    call_command("redis_stats", "--json", stdout=out)
    found = json.loads(out.getvalue())
    assert found["cache"]["memory"]["used_bytes"] > 100_000
    assert {row["queue"] for row in found["queue"]["queues"]} == {"settlement", "celery", "unacked"}
    out = StringIO()
    call_command("redis_stats", stdout=out)
    assert "== cache: memory" in out.getvalue()


def test_it_says_when_redis_does_not_answer(closed_port: int, settings: Any) -> None:
    settings.REDIS_URL = f"redis://:hunter2@127.0.0.1:{closed_port}/0"
    with pytest.raises(CommandError) as caught:
        call_command("redis_stats")
    assert (caught.value.returncode, "hunter2" in str(caught.value)) == (4, False)


@pytest.mark.process
def test_the_slow_log_shows_no_data(own_valkey: OwnValkey, settings: Any) -> None:
    """A server of its own: the log holds few lines, and all other tests write to the shared one's."""
    settings.REDIS_URL = own_valkey.url()
    while not own_valkey.answers():
        time.sleep(0.02)
    with Redis.from_url(settings.REDIS_URL) as redis:
        redis.config_set("slowlog-log-slower-than", 0)
        redis.set("a-key", "a secret value", ex=1)
        out = StringIO()
        call_command("redis_stats", "--json", stdout=out)
    assert "SET a-key" in out.getvalue()
    assert "secret" not in out.getvalue()
