"""An order finds its rows by their keys, however PostgreSQL saw the tables when a session planned for it."""

from typing import Any

import pytest
from django.db import connection, transaction

from accounts.tests.cast import NOON
from trading.selectors.cap_usage import USAGE
from trading.selectors.limit_usage import UNDER_WAY
from trading.selectors.orders.key_usage import USED
from trading.tests.cast import Trader, open_stage, trader

pytestmark = pytest.mark.django_db(transaction=True)
PLANNED = 8
"""After so many executions PostgreSQL keeps a plan for the session."""

OTHERS = 60
READ = """
    SELECT (SELECT sum(seq_tup_read) FROM pg_stat_user_tables WHERE relname = 'receipts')
         + (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 'receipts')
"""


def _run(sql: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(sql)


def receipts_of_an_order(who: Trader) -> int:
    """The receipts that an order reads."""
    before = _read()
    who.place(stake="1")
    return _read() - before


def _read() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_force_next_flush()")
        cursor.execute(READ)
        return int(cursor.fetchone()[0])


def test_what_a_new_house_has_planned_serves_a_full_one() -> None:
    open_stage()
    ann, bora = trader("ann"), trader("bora")
    ann.place(stake="1")
    _run("VACUUM ANALYZE receipts, flash_trades, ledger_accounts")
    for _ in range(PLANNED):
        ann.place(stake="1")
    few = receipts_of_an_order(ann)
    for _ in range(OTHERS):
        bora.place(stake="1")
    assert receipts_of_an_order(ann) < few + OTHERS // 2


OTHER_INDEXES = """
    UPDATE pg_index SET indisvalid = false
    WHERE indrelid = 'flash_trades'::regclass AND indexrelid <> 'flash_trades_to_settle'::regclass
"""
ASKED: dict[str, Any] = {"wallet": [1], "user": [1], "instrument": [1], "since": [NOON]}
ASKED |= {"user_id": [1], "wallet_id": [1], "owner": [1], "key": [1], "day": NOON}


@pytest.mark.parametrize("statement", [USAGE, UNDER_WAY, USED])
def test_the_index_of_all_that_is_under_way_cannot_serve_for_a_persons(statement: str) -> None:
    """PostgreSQL takes it for empty on a busy morning after a quiet night: an order would read everybody's trades."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(OTHER_INDEXES)
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("EXPLAIN SELECT FROM flash_trades WHERE instrument_id = 1 AND state <> 'settled'")
        assert "flash_trades_to_settle" in str(cursor.fetchall())
        cursor.execute("EXPLAIN " + statement, ASKED)
        assert "flash_trades_to_settle" not in str(cursor.fetchall())
        transaction.set_rollback(True)
