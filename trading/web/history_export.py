"""A person's trades as one CSV file of any length: memory holds one page of them at a time."""

import csv
from collections.abc import Iterator
from io import StringIO
from uuid import UUID

from django.db import connections

from accounts.late_reads import late_database
from accounts.wire.spreadsheet import BYTE_ORDER_MARK, cell
from trading.selectors.trades import TradeFilter, trades_of
from trading.wire.trades import COLUMNS, flash_trade

PAGE_SIZE = 1000


def csv_text(user_id: int, wanted: TradeFilter) -> Iterator[str]:
    """Yields the file (RFC 4180, UTF-8), newest trade first, in the words of the API."""
    yield BYTE_ORDER_MARK + ",".join(COLUMNS) + "\r\n"
    before: UUID | None = None
    while trades := trades_of(user_id, before=before, limit=PAGE_SIZE, wanted=wanted):
        text = StringIO()
        told = (flash_trade(trade) for trade in trades)
        csv.writer(text).writerows([_written(row[name]) for name in COLUMNS] for row in told)
        before = trades[-1].id
        _return_connections()
        yield text.getvalue()


def _written(value: object) -> str:
    return "" if value is None else cell(value)


def _return_connections() -> None:
    """To the pool, while the client reads."""
    for alias in {"default", late_database()}:
        if not connections[alias].in_atomic_block:
            connections[alias].close()
