"""Whether the counters of what the house may owe are what the open trades say."""

from django.db import connection

from accounts.reconciliation import Fault
from trading.domain.caps import IN_TOTAL, STRIPES

COUNTED = """
    WITH due AS (
        SELECT instrument_id, demo, b.bucket, wallet_id %% %(stripes)s AS stripe, sum(payout - stake) AS amount
        FROM flash_trades t JOIN instruments i ON i.id = t.instrument_id, LATERAL (
            VALUES (date_trunc('minute', t.expires_at, 'UTC'), i.bucket_liability_max),
                   (%(in_total)s::timestamptz, i.liability_max)
        ) AS b(bucket, cap)
        WHERE t.state <> 'settled' AND b.cap IS NOT NULL
        GROUP BY instrument_id, demo, b.bucket, stripe
    )
    SELECT 'liability-equals-open-trades',
           format('instrument %%s %%s, bucket %%s, stripe %%s', instrument_id,
                  CASE WHEN demo THEN 'demo' ELSE 'real' END, bucket, stripe),
           format('counted %%s, by its open trades %%s', coalesce(s.used, 0), coalesce(due.amount, 0))
    FROM liability_slots s FULL JOIN due USING (instrument_id, demo, bucket, stripe)
    WHERE coalesce(s.used, 0) <> coalesce(due.amount, 0)
"""


def liability_faults() -> list[Fault]:
    """Stripes whose count isn't the liability of their wallets' open trades; of instruments without a cap, any count.

    Setting a cap anew counts anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(COUNTED, {"stripes": STRIPES, "in_total": IN_TOTAL})
        return [Fault(*row) for row in cursor.fetchall()]
