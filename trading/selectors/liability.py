"""What the counters of the house's liability say, and whether that is what the open trades say."""

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
    """What the house may owe on up trades less that on down trades, by instrument and book (demo or not).

    Of instruments whose liability has a cap: on others nothing is counted. Nothing is locked: other orders' claims
    may be missing for the moment that they take.
    """
    if not instrument_ids:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(IMBALANCES, [list(instrument_ids), IN_TOTAL])
        return {(instrument, demo): tilt for instrument, demo, tilt in cursor.fetchall()}


def liability_faults() -> list[Fault]:
    """Stripes whose count isn't the liability of their wallets' open trades; of instruments without a cap, any count.

    Setting a cap anew counts anew.
    """
    with connection.cursor() as cursor:
        cursor.execute(MISCOUNTED)
        return [Fault(*row) for row in cursor.fetchall()]
