"""Measures the settlement of trades due at one second, beside a bare set-based statement on the same rows."""

import time
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection, transaction

from trading.bench.stage import open_all, open_market, price, register
from trading.services.settlement.settle_due_trades import settle_due_trades

# The cost of the database alone: the same rows, indexes, checks and past, and a commit, but no trigger, no decision and
# no guard. The past counts: our rows were pending before they were open, and an update walks over the remains of that.
BARE_TABLES = {"bare_trades": "flash_trades", "bare_transfers": "transfers", "bare_accounts": "ledger_accounts"}
BARE_PENDING = """
    INSERT INTO bare_trades
    SELECT (jsonb_populate_record(t, '{"state": "pending", "entry_price": null}')).*
    FROM flash_trades t WHERE state <> 'settled'
"""
BARE = """
    WITH ended AS (
        UPDATE bare_trades SET state = 'settled', settled_at = now(), entry_price = 1, exit_price = 2,
            outcome = CASE direction WHEN 'up' THEN 'won' ELSE 'lost' END,
            profit = CASE direction WHEN 'up' THEN payout - stake ELSE -stake END
        RETURNING *
    ),
    moved AS (
        INSERT INTO bare_transfers (kind, phase, source_id, target_id, amount, currency, demo, reference, created_at)
        SELECT 'stake', CASE outcome WHEN 'lost' THEN 'post' ELSE 'void' END, wallet_id, 1, stake, currency, demo, id,
            now() FROM ended
        UNION ALL
        SELECT 'payout', 'single', 2, wallet_id, payout - stake, currency, demo, id, now() FROM ended
        WHERE outcome = 'won'
    )
    UPDATE bare_accounts a SET balance = a.balance + e.profit, held = a.held - e.stake
    FROM (SELECT wallet_id, sum(profit) AS profit, sum(stake) AS stake FROM ended GROUP BY wallet_id) e
    WHERE a.id = e.wallet_id
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """Seconds for one batch of trades due at one second: ours, and those of the bare statement."""

    trades: int
    opening_seconds: float
    entering_seconds: float
    settling_seconds: float
    bare_seconds: float

    @property
    def ratio(self) -> float:
        """Our settled trades per second, as a share of the bare statement's."""
        return self.bare_seconds / self.settling_seconds


def measure(*, trades: int, wallets: int, now: datetime) -> Measured:
    """Open this many trades over these wallets, and settle them when their second's price is recorded."""
    open_market()
    users = register(wallets, now)
    price(now, "60000.00")
    started = time.perf_counter()
    expiry = open_all(users, trades, now)
    opening = time.perf_counter() - started
    price(now + timedelta(seconds=1), "60000.00")
    started = time.perf_counter()
    settle_due_trades(instrument="BTC-USDT", now=now + timedelta(seconds=1))
    entering = time.perf_counter() - started
    bare = _bare()
    price(expiry, "60001.00")
    started = time.perf_counter()
    settled = settle_due_trades(instrument="BTC-USDT", now=expiry)
    settling = time.perf_counter() - started
    if settled.settled != trades:
        raise AssertionError(f"{settled.settled} of {trades} trades were settled")
    return Measured(trades, opening, entering, settling, bare)


def _bare() -> float:
    with connection.cursor() as cursor:
        for bare, model in BARE_TABLES.items():
            cursor.execute(f"CREATE TABLE {bare} (LIKE {model} INCLUDING ALL)")
        cursor.execute(BARE_PENDING)
        cursor.execute("UPDATE bare_trades SET state = 'open', entry_price = 60000")
        cursor.execute("INSERT INTO bare_accounts SELECT * FROM ledger_accounts")
        cursor.execute("ANALYZE bare_trades, bare_accounts")
        started = time.perf_counter()
        with transaction.atomic(durable=True):
            cursor.execute(BARE)
        seconds = time.perf_counter() - started
        cursor.execute(f"DROP TABLE {', '.join(BARE_TABLES)}")
    return seconds
