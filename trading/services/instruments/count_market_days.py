from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.db.models import Min

from accounts.domain.identity import first_id_at
from trading.models import MarketDay

FINAL_AFTER = timedelta(days=2, hours=1)
"""After the beginning of a day: a trade lasts a day at most, and is settled within minutes of its end."""

AGAIN_AFTER = timedelta(minutes=15)
"""Earlier days change seldom; today is counted each time."""

DAYS_BACK_MAX = 31

# Ids ascend with the acceptance, so a day's trades are a range of the primary key.
COUNT = """
    WITH counted AS (
        SELECT instrument_id, demo, count(*) AS trades, count(DISTINCT user_id) AS traders, sum(stake) AS staked,
               coalesce(-sum(profit), 0) AS house_profit
        FROM flash_trades WHERE id >= %(first)s AND id < %(last)s GROUP BY instrument_id, demo
    ), corrections AS (
        SELECT t.instrument_id, t.demo, sum(c.amount) AS corrected
        FROM trade_corrections c JOIN flash_trades t ON t.id = c.trade_id
        WHERE c.corrected_at >= %(since)s AND c.corrected_at < %(until)s GROUP BY t.instrument_id, t.demo
    )
    INSERT INTO market_days (day, instrument_id, demo, trades, traders, staked, house_profit, corrected, counted_at)
    SELECT %(day)s, instrument_id, demo, coalesce(trades, 0), coalesce(traders, 0), coalesce(staked, 0),
           coalesce(house_profit, 0), coalesce(corrected, 0), %(now)s
    FROM counted FULL JOIN corrections USING (instrument_id, demo)
    ON CONFLICT (day, instrument_id, demo) DO UPDATE SET
        trades = excluded.trades, traders = excluded.traders, staked = excluded.staked,
        house_profit = excluded.house_profit, corrected = excluded.corrected, counted_at = excluded.counted_at
"""


def count_market_days(*, now: datetime) -> None:
    """Count today's trades, and those of the last month's days whose count is missing or may have changed.

    Each day in a transaction of its own: counting it again gives the same.
    """
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    _count(today, now)
    counted = dict(MarketDay.objects.values("day").annotate(at=Min("counted_at")).values_list("day", "at"))
    for back in range(1, DAYS_BACK_MAX):
        day = today - timedelta(days=back)
        at = counted.get(day.date())
        if at is None or (at < day + FINAL_AFTER and at <= now - AGAIN_AFTER):
            _count(day, now)


def _count(day: datetime, now: datetime) -> None:
    until = day + timedelta(days=1)
    bounds: dict[str, Any] = {"first": first_id_at(day), "last": first_id_at(until), "since": day, "until": until}
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(COUNT, {**bounds, "day": day.date(), "now": now})
