"""Looks through the price chains and the chains of daily digests for broken links, all of them at once."""

from django.db import connection

# Pruning keeps both ends of a month, so prices may be missing between two prices of a pruned month, and nowhere else.
LINKS = """
    WITH linked AS (
        SELECT instrument_id, sequence, priced_at, previous, lag(sequence) OVER chain AS sequence_before,
            lag(priced_at) OVER chain AS priced_before, lag(digest) OVER chain AS digest_before
        FROM index_prices WINDOW chain AS (PARTITION BY instrument_id ORDER BY priced_at)
    )
    SELECT i.symbol || ' ' || sequence,
        CASE WHEN sequence_before IS NULL THEN 'the chain does not begin with it'
             ELSE 'it does not follow ' || sequence_before END
    FROM linked l JOIN instruments i ON i.id = l.instrument_id
    WHERE CASE
        WHEN sequence_before IS NULL THEN (sequence, previous) <> (1, repeat('0', 64))
        WHEN sequence = sequence_before + 1 THEN previous <> digest_before
        ELSE sequence <= sequence_before OR NOT EXISTS (
            SELECT FROM price_prunings p WHERE p.month = date_trunc('month', l.priced_at, 'UTC')::date
                AND p.month = date_trunc('month', l.priced_before, 'UTC')::date
        )
    END
    ORDER BY 1 LIMIT 20
"""

HEADS = """
    SELECT i.symbol, format('the head is %s of %s, the newest price %s of %s',
        h.sequence, h.priced_at, p.sequence, p.priced_at)
    FROM instruments i
    LEFT JOIN price_heads h ON h.instrument_id = i.id
    LEFT JOIN LATERAL (
        SELECT sequence, priced_at, digest FROM index_prices p WHERE p.instrument_id = i.id
        ORDER BY priced_at DESC LIMIT 1
    ) p ON true
    WHERE (h.sequence, h.priced_at, h.digest) IS DISTINCT FROM (p.sequence, p.priced_at, p.digest)
    ORDER BY 1
"""

DAYS = """
    WITH linked AS (
        SELECT instrument_id, day, previous, last_sequence, last_digest,
            lag(day) OVER days AS day_before, lag(digest) OVER days AS digest_before
        FROM daily_digests WINDOW days AS (PARTITION BY instrument_id ORDER BY day)
    )
    SELECT i.symbol || ' ' || l.day, 'its digest does not continue the day before, or leads to another price'
    FROM linked l JOIN instruments i ON i.id = l.instrument_id
    LEFT JOIN index_prices p ON p.instrument_id = l.instrument_id AND p.sequence = l.last_sequence
        AND p.priced_at >= l.day::timestamp AT TIME ZONE 'UTC'
        AND p.priced_at < (l.day + 1)::timestamp AT TIME ZONE 'UTC'
    WHERE l.previous <> coalesce(l.digest_before, repeat('0', 64)) OR l.day <> coalesce(l.day_before + 1, l.day)
        OR l.last_digest <> p.digest
    ORDER BY 1 LIMIT 20
"""


def chain_faults() -> list[tuple[str, str]]:
    """Returns each broken link of prices or of days, with its fault; at most twenty of a kind.

    It trusts the stored digests: that each is the hash of its price, the proof of a trade shows.
    """
    faults: list[tuple[str, str]] = []
    with connection.cursor() as cursor:
        for query in (LINKS, HEADS, DAYS):
            cursor.execute(query)
            faults += cursor.fetchall()
    return faults
