from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import connections, transaction
from django.db.models import Prefetch

from accounts.late_reads import late_database
from trading.models import CloseOrder, FlashTrade

BATCH = 2000
"""Rows at a time: the cursor of the server keeps the rest."""


@dataclass(frozen=True, slots=True)
class ExportFilter:
    """The trades to export, by time of acceptance (`since` included, `until` not), owner and instrument. None: all."""

    since: datetime | None = None
    until: datetime | None = None
    user_id: int | None = None
    instrument: str | None = None
    limit: int | None = None


def export_trades(wanted: ExportFilter) -> Iterator[list[FlashTrade]]:
    """Read batches of these trades, the earliest first, as of one moment; memory holds one batch. They may be late.

    It takes as long as its reader. Meanwhile vacuum keeps the rows that were deleted: don't leave it waiting for hours.
    """
    found = {
        "accepted_at__gte": wanted.since,
        "accepted_at__lt": wanted.until,
        "user_id": wanted.user_id,
        "instrument__symbol": wanted.instrument,
    }
    database = late_database()
    rows = FlashTrade.objects.using(database).filter(
        **{name: value for name, value in found.items() if value is not None}
    )
    latest = CloseOrder.objects.order_by("trade_id", "-id").distinct("trade_id")
    rows = rows.select_related("instrument", "correction", "user").order_by("accepted_at", "id")
    rows = rows.prefetch_related(Prefetch("close_orders", latest, to_attr="latest_close"))
    with transaction.atomic(using=database, durable=True):
        with connections[database].cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
        batch: list[FlashTrade] = []
        for trade in rows[: wanted.limit].iterator(chunk_size=BATCH):
            batch.append(trade)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
