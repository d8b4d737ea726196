"""The statements of `settle_due_trades`. What another worker holds is left to it: nobody waits here for a trade."""

PENDING_ENTRIES = """
    SELECT DISTINCT entry_at, rule_version FROM flash_trades
    WHERE instrument_id = %(instrument)s AND state = 'pending' AND entry_at <= %(newest)s
"""

ENTER = """
    WITH entry(entry_at, rule_version, price) AS (
        SELECT * FROM unnest(%(entry_at)s::timestamptz[], %(rule_version)s::smallint[], %(price)s::numeric[])
    ),
    taken AS (
        SELECT t.id, entry.price FROM flash_trades t JOIN entry USING (entry_at, rule_version)
        WHERE t.instrument_id = %(instrument)s AND t.state = 'pending'
        FOR NO KEY UPDATE OF t SKIP LOCKED
    )
    UPDATE flash_trades t SET state = 'open', entry_price = taken.price
    FROM taken WHERE t.id = taken.id
    RETURNING t.id, t.user_id, t.wallet_id
"""

DUE_WINDOWS = """
    SELECT direction, entry_at, expires_at, demo, rule_version FROM flash_trades
    WHERE instrument_id = %(instrument)s AND state <> 'settled'
      AND (expires_at <= %(newest)s::timestamptz
           OR expires_at <= %(grace_over)s
           OR (state = 'pending' AND entry_at < %(entry_lost)s::timestamptz))
    GROUP BY direction, entry_at, expires_at, demo, rule_version
    ORDER BY expires_at, entry_at, direction, demo, rule_version
    LIMIT %(limit)s
"""

# A trade whose close order waits isn't settled before that is decided: it may have been sold.
SETTLE = """
    decided AS (
        SELECT * FROM unnest(
            %(direction)s::text[], %(entry_at)s::timestamptz[], %(expires_at)s::timestamptz[], %(demo)s::boolean[],
            %(rule_version)s::smallint[],
            %(outcome)s::text[], %(entry_price)s::numeric[], %(exit_price)s::numeric[], %(exit_samples)s::int[],
            %(void_reason)s::text[]
        ) AS d(
            direction, entry_at, expires_at, demo, rule_version,
            outcome, entry_price, exit_price, exit_samples, void_reason
        )
    ),
    taken AS (
        SELECT t.id, d.outcome, d.entry_price, d.exit_price, d.exit_samples, d.void_reason
        FROM flash_trades t JOIN decided d USING (direction, entry_at, expires_at, demo, rule_version)
        WHERE t.instrument_id = %(instrument)s AND t.state <> 'settled'
          AND NOT EXISTS (SELECT FROM close_orders c WHERE c.trade_id = t.id AND c.state = 'waiting')
        LIMIT %(limit)s FOR NO KEY UPDATE OF t SKIP LOCKED
    ),
    ended AS (
        UPDATE flash_trades t
        SET state = 'settled',
            outcome = taken.outcome,
            entry_price = taken.entry_price,
            exit_price = taken.exit_price,
            exit_samples = taken.exit_samples,
            void_reason = taken.void_reason,
            settled_at = %(now)s,
            profit = CASE taken.outcome WHEN 'won' THEN t.payout - t.stake WHEN 'lost' THEN -t.stake ELSE 0 END
        FROM taken WHERE t.id = taken.id
        RETURNING t.id, t.user_id, t.wallet_id, t.currency, t.demo, t.outcome, t.stake, t.payout, t.sale
    ),
"""

END_CLOSES = """
    WITH decided AS (
        SELECT * FROM unnest(%(id)s::uuid[], %(lapse_reason)s::text[], %(offer)s::numeric[])
            AS d(id, lapse_reason, offer)
    ),
    taken AS (
        SELECT c.id, d.lapse_reason, d.offer, t.id AS trade_id, t.user_id, t.wallet_id
        FROM close_orders c JOIN decided d USING (id) JOIN flash_trades t ON t.id = c.trade_id
        WHERE c.state = 'waiting' AND (t.state = 'open') = (d.lapse_reason IS DISTINCT FROM 'trade-ended')
        ORDER BY t.id FOR NO KEY UPDATE OF t, c SKIP LOCKED
    )
    UPDATE close_orders c
    SET state = CASE WHEN taken.lapse_reason IS NULL THEN 'sold' ELSE 'lapsed' END,
        lapse_reason = taken.lapse_reason,
        offer = taken.offer,
        decided_at = %(now)s
    FROM taken WHERE c.id = taken.id
    RETURNING c.id, taken.trade_id, taken.user_id, taken.wallet_id
"""

SELL = """
    decided AS (
        SELECT * FROM unnest(%(id)s::uuid[], %(price)s::numeric[], %(priced_at)s::timestamptz[])
            AS d(id, price, priced_at)
    ),
    ended AS (
        UPDATE flash_trades t
        SET state = 'settled',
            outcome = 'sold',
            sale = c.offer,
            profit = c.offer - t.stake,
            sold_at_price = d.price,
            sold_priced_at = d.priced_at,
            settled_at = %(now)s
        FROM close_orders c JOIN decided d USING (id)
        WHERE c.id = ANY(%(ended)s) AND c.state = 'sold' AND t.id = c.trade_id
        RETURNING t.id, t.user_id, t.wallet_id, t.currency, t.demo, t.outcome, t.stake, t.payout, t.sale
    ),
"""

HOUSES = """
    house(currency, demo, id) AS (
        SELECT * FROM unnest(%(house_currency)s::text[], %(house_demo)s::boolean[], %(house_id)s::bigint[])
    ),
"""

MOVES = """
    SELECT 'stake' AS kind, CASE WHEN outcome IN ('lost', 'sold') THEN 'post' ELSE 'void' END AS phase,
           wallet_id AS source_id, house.id AS target_id, stake AS amount, currency, demo, ended.id AS reference
    FROM ended JOIN house USING (currency, demo)
    UNION ALL
    SELECT 'payout', 'single', house.id, wallet_id, payout - stake, currency, demo, ended.id
    FROM ended JOIN house USING (currency, demo) WHERE outcome = 'won' AND payout > stake
    UNION ALL
    SELECT 'sale', 'single', house.id, wallet_id, sale, currency, demo, ended.id
    FROM ended JOIN house USING (currency, demo) WHERE outcome = 'sold'
"""

ENDED = """
    SELECT id, user_id, wallet_id, (SELECT count(*) FROM posted),
           (SELECT count(*) + count(*) FILTER (WHERE outcome = 'sold' OR outcome = 'won' AND payout > stake) FROM ended)
    FROM ended
"""
"""Each trade, with how many transfers were made for them all, and how many should be."""
