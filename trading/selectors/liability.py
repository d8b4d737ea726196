"""The house's liability as its counters have it, and a check of these counters against the open trades."""

from collections.abc import Sequence
from decimal import Decimal

from django.db import connection

from accounts.reconciliation import Fault
from trading.domain.caps import IN_TOTAL

MISCOUNTED = """
    SELECT 'liability-equals-open-trades',
           format('instrument %s %s, bucket %s, stripe %s', instrument_id,
                  CASE WHEN demo THEN 'demo' ELSE 'real' END, bucket, stripe),
           format('counted %s, tilt %s; by its open trades %s, tilt %s',
                  coalesce(s.used, 0), coalesce(s.tilt, 0), coalesce(o.liability, 0), coalesce(o.tilt, 0))
    FROM liability_slots s FULL JOIN open_liabilities o USING (instrument_id, demo, bucket, stripe)
    WHERE (coalesce(s.used, 0), coalesce(s.tilt, 0)) <> (coalesce(o.liability, 0), coalesce(o.tilt, 0))
"""

IMBALANCES = """
    SELECT instrument_id, demo, sum(tilt) FROM liability_slots
    WHERE instrument_id = ANY(%s) AND bucket = %s GROUP BY instrument_id, demo
"""


def imbalances(instrument_ids: Sequence[int]) -> dict[tuple[int, bool], Decimal]:
    """The house's liability on up trades less that on down trades, by instrument and book (demo or not).

    Only of instruments with a cap on liability: others have no counters. Nothing is locked: claims of concurrent orders
    may be missing until they commit.
    """
    if not instrument_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(IMBALANCES, [list(instrument_ids), IN_TOTAL])
        return {(instrument, demo): tilt for instrument, demo, tilt in cursor.fetchall()}


def liability_faults() -> list[Fault]:
    """Stripes whose count differs from their wallets' open liability; without a cap, any count is a fault.

    Setting the cap anew makes the count anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(MISCOUNTED)
        return [Fault(*row) for row in cursor.fetchall()]
