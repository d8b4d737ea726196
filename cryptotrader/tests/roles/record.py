"""A snapshot of the rows that only the feed and the settler may write: prices, derived rows, and outcomes."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from accounts.tests.cast import NOON
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader

DECIDED = (
    "id, state, entry_price, exit_price, exit_samples, outcome, void_reason, sale, profit, settled_at, stake, payout"
)
ROWS = f"""
    SELECT 'index_prices', to_jsonb(t)::text FROM index_prices t
    UNION ALL SELECT 'price_heads', to_jsonb(t)::text FROM price_heads t
    UNION ALL SELECT 'candles', to_jsonb(t)::text FROM candles t
    UNION ALL SELECT 'flash_trades', to_jsonb(t)::text FROM (SELECT {DECIDED} FROM flash_trades) t
    UNION ALL SELECT 'close_orders', to_jsonb(t)::text FROM close_orders t WHERE state <> 'waiting'
    UNION ALL SELECT 'daily_digests', to_jsonb(t)::text FROM daily_digests t
    ORDER BY 1, 2
"""
UNDECIDED = "SELECT count(*) FROM flash_trades WHERE (state, outcome) IS NOT DISTINCT FROM ('pending', NULL)"


@dataclass(frozen=True)
class Record:
    """All those rows, and the number of undecided trades."""

    rows: frozenset[tuple[str, str]]
    pending: int

    def assert_kept(self) -> None:
        """Nothing was changed or deleted since; only trades that wait for their prices may have come."""
        now = the_record()
        assert self.rows <= now.rows, self.rows - now.rows
        added = now.rows - self.rows
        assert {table for table, _ in added} <= {"flash_trades"}
        assert len(added) == now.pending - self.pending, added


def the_record() -> Record:
    """Returns the present record."""
    with connection.cursor() as cursor:
        cursor.execute(ROWS)
        rows = frozenset(cursor.fetchall())
        cursor.execute(UNDECIDED)
        return Record(rows, cursor.fetchone()[0])


def play(stage: Stage, trader: Trader) -> None:
    """Makes one settled trade, one open trade, and one without an entry price."""
    symbol = stage.instrument.symbol
    trader.place(symbol=symbol)
    stage.price(NOON + timedelta(seconds=1), "60000.00")
    stage.price(NOON + timedelta(seconds=61), "60001.00")
    trader.place(symbol=symbol, at=NOON + timedelta(seconds=61), seconds=300)
    stage.price(NOON + timedelta(seconds=62), "60002.00")
    settle_due_trades(instrument=symbol, now=NOON + timedelta(seconds=62))
    trader.place(symbol=symbol, at=NOON + timedelta(seconds=62), seconds=300)
