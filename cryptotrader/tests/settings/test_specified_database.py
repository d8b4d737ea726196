"""The database as the infrastructure specification asks for it (7.2): its pool, its indexes, and their use."""

import runpy
import sys
from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from psycopg.pq import Conninfo

from accounts.models import User
from cryptotrader import env_servers, program
from trading.models import FlashTrade

NAMED = {
    "idx_flash_trades_user_id": ("flash_trades", "(user_id, id DESC)"),
    "idx_flash_trades_created_at": ("flash_trades", "(accepted_at)"),
    "idx_users_email": ("users", "(lower((email)::text))"),
}


def test_a_pool_has_20_connections_that_idle_30_seconds_and_are_waited_for_2_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name in ("DATABASE_POOL_SIZE", "DATABASE_POOL_WAIT_SECONDS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.delitem(sys.modules, "cryptotrader.settings")
    monkeypatch.setattr(program, "service_name", lambda: "web")
    pool = runpy.run_module("cryptotrader.settings")["DATABASES"]["default"]["OPTIONS"]["pool"]
    assert (pool["max_size"], pool["max_idle"], pool["timeout"]) == (20, 30, 2)


@pytest.mark.long
def test_nobody_waits_for_minutes_for_a_server_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pool that met its server as it vanished had no connection for 130 s; its successor was there after 22."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    assert env_servers.PATIENCE.keys() <= known
    monkeypatch.setenv("SOME_URL", "postgresql://a@db/n")
    assert int(env_servers.database("SOME_URL")["OPTIONS"]["connect_timeout"]) <= 5
    monkeypatch.setenv("SOME_URL", "postgresql://a@db/n?connect_timeout=30")
    assert env_servers.database("SOME_URL")["OPTIONS"]["connect_timeout"] == "30"


@pytest.mark.django_db
@pytest.mark.parametrize("name", NAMED)
def test_the_named_indexes_exist(name: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename, indexdef FROM pg_indexes WHERE indexname = %s", [name])
        [(table, definition)] = cursor.fetchall()
    assert table == NAMED[name][0]
    assert definition.endswith(NAMED[name][1])


def used(query: "QuerySet[FlashTrade] | QuerySet[User]") -> str:
    """Returns the plan of a query on tables so small that reading them whole would be cheaper: so that is forbidden.

    It is planned for new tables: the size that other tests have left would make the primary key as cheap.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica; TRUNCATE flash_trades, users CASCADE")
        cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
    return query.explain()


@pytest.mark.django_db
def test_queries_of_the_application_use_the_named_indexes() -> None:
    now = timezone.now()
    trades = FlashTrade.objects.filter(user_id=1).order_by("-id")[:50]
    assert "idx_flash_trades_user_id" in used(trades)
    day = FlashTrade.objects.filter(accepted_at__gte=now - timedelta(days=1), accepted_at__lt=now)
    assert "idx_flash_trades_created_at" in used(day)
    assert "idx_users_email" in used(User.objects.filter(email="Alice@Example.com"))
