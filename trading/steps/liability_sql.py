"""The SQL statements on `liability_slots`. Locks are taken in id order, after those of wallets and trades."""

CLAIMED = """
    unnest(%(instrument)s::bigint[], %(demo)s::boolean[], %(bucket)s::timestamptz[], %(stripe)s::smallint[],
           %(amount)s::numeric[], %(tilt)s::numeric[])
        AS claimed(instrument_id, demo, bucket, stripe, amount, tilt)
"""

TAKE = f"""
    WITH locked AS (
        SELECT s.id, claimed.amount, claimed.tilt
        FROM liability_slots s JOIN {CLAIMED} USING (instrument_id, demo, bucket, stripe)
        ORDER BY s.id FOR NO KEY UPDATE OF s
    )
    UPDATE liability_slots s SET used = s.used + locked.amount, tilt = s.tilt + locked.tilt
    FROM locked WHERE s.id = locked.id AND s.used + locked.amount <= s.allotted
    RETURNING s.id
"""
"""From each wallet's own stripe, where its allotment is large enough."""

POOLS = "unnest(%(instrument)s::bigint[], %(demo)s::boolean[], %(bucket)s::timestamptz[])"

USED = f"""
    SELECT instrument_id, demo, bucket, sum(used)
    FROM liability_slots JOIN {POOLS} AS pools(instrument_id, demo, bucket) USING (instrument_id, demo, bucket)
    GROUP BY instrument_id, demo, bucket
"""

MAKE = f"""
    INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, allotted, used)
    SELECT instrument_id, demo, bucket, stripe, 0, 0
    FROM {POOLS} AS pools(instrument_id, demo, bucket), generate_series(0, %(stripes)s - 1) AS stripe
    WHERE (SELECT count(*) FROM liability_slots s WHERE (s.instrument_id, s.demo, s.bucket)
           = (pools.instrument_id, pools.demo, pools.bucket)) < %(stripes)s
    ORDER BY instrument_id, demo, bucket, stripe
    ON CONFLICT DO NOTHING
"""

LOCK = f"""
    SELECT instrument_id, demo, bucket, stripe, s.used
    FROM liability_slots s JOIN {POOLS} AS pools(instrument_id, demo, bucket) USING (instrument_id, demo, bucket)
    ORDER BY s.id FOR NO KEY UPDATE OF s
"""

ALLOT = """
    UPDATE liability_slots s SET used = a.used, allotted = a.allotted, tilt = s.tilt + a.tilt
    FROM unnest(%(instrument)s::bigint[], %(demo)s::boolean[], %(bucket)s::timestamptz[], %(stripe)s::smallint[],
                %(used)s::numeric[], %(allotted)s::numeric[], %(tilt)s::numeric[])
        AS a(instrument_id, demo, bucket, stripe, used, allotted, tilt)
    WHERE (s.instrument_id, s.demo, s.bucket, s.stripe) = (a.instrument_id, a.demo, a.bucket, a.stripe)
"""

# Instruments without a cap have no rows. A separate question, so that nobody sends thousands of trades for nothing.
# While the caller holds its trades, no row can appear afterwards: setting a cap waits for them (see liability_recount).
COUNTED = "SELECT EXISTS (SELECT FROM liability_slots WHERE instrument_id = %(instrument)s)"

RELEASE = """
    WITH freed AS (
        SELECT instrument_id, demo, bucket, stripe, sum(liability) AS amount, sum(tilt) AS tilt
        FROM trade_liabilities WHERE trade_id = ANY(%(trades)s)
        GROUP BY instrument_id, demo, bucket, stripe
    ),
    locked AS (
        SELECT s.id, freed.amount, freed.tilt
        FROM liability_slots s JOIN freed USING (instrument_id, demo, bucket, stripe)
        ORDER BY s.id FOR NO KEY UPDATE OF s
    )
    UPDATE liability_slots s SET used = s.used - locked.amount, tilt = s.tilt - locked.tilt
    FROM locked WHERE s.id = locked.id
"""

SWEEP = """
    DELETE FROM liability_slots WHERE id IN (
        SELECT id FROM liability_slots
        WHERE instrument_id = %(instrument)s AND bucket > %(in_total)s AND bucket < %(before)s AND used = 0
        ORDER BY id FOR UPDATE SKIP LOCKED
    ) AND used = 0
"""
