"""The SQL statements of `settle_due_trades`. They skip trades that another worker holds: none of them waits."""

from accounts.selectors.ledger.house import HOUSES

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

DECIDED = """
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
    )
"""

# A trade with a waiting close order isn't settled before that is decided: it may have been sold.
SETTLE = f"""
    {DECIDED},
    taken AS (
        SELECT t.id, d.outcome, d.entry_price, d.exit_price, d.exit_samples, d.void_reason,
               NULL::numeric AS sale, NULL::numeric AS sold_at_price, NULL::timestamptz AS sold_priced_at
        FROM flash_trades t JOIN decided d USING (direction, entry_at, expires_at, demo, rule_version)
        WHERE t.instrument_id = %(instrument)s AND t.state <> 'settled'
          AND NOT EXISTS (SELECT FROM close_orders c WHERE c.trade_id = t.id AND c.state = 'waiting')
          AND (%(among)s::uuid[] IS NULL OR t.id = ANY(%(among)s::uuid[]))
        LIMIT %(limit)s FOR NO KEY UPDATE OF t SKIP LOCKED
    ),
"""

LEFT = f"""
    WITH {DECIDED}
    SELECT t.id FROM flash_trades t JOIN decided d USING (direction, entry_at, expires_at, demo, rule_version)
    WHERE t.instrument_id = %(instrument)s AND t.state <> 'settled'
    ORDER BY t.wallet_id, t.id
"""
"""The trades that SETTLE would take, those of a wallet together: then one batch holds the wallet, and no other."""

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
    taken AS (
        SELECT t.id, 'sold' AS outcome, t.entry_price, NULL::numeric AS exit_price, NULL::int AS exit_samples,
               NULL::text AS void_reason, c.offer AS sale, d.price AS sold_at_price, d.priced_at AS sold_priced_at
        FROM close_orders c JOIN decided d USING (id) JOIN flash_trades t ON t.id = c.trade_id
        WHERE c.id = ANY(%(ended)s) AND c.state = 'sold'
    ),
"""
"""For trades that END_CLOSES has locked."""

END = f"""
    ending AS (
        SELECT * FROM unnest(
            %(ending)s::text[], %(stake_phase)s::text[], %(stake_kept)s::numeric[], %(paid_as)s::text[],
            %(of_payout)s::numeric[], %(of_stake)s::numeric[], %(of_sale)s::numeric[]
        ) AS e(outcome, stake_phase, stake_kept, paid_as, of_payout, of_stake, of_sale)
    ),
    ended AS (
        UPDATE flash_trades t
        SET state = 'settled',
            outcome = taken.outcome,
            entry_price = taken.entry_price,
            exit_price = taken.exit_price,
            exit_samples = taken.exit_samples,
            void_reason = taken.void_reason,
            sale = taken.sale,
            sold_at_price = taken.sold_at_price,
            sold_priced_at = taken.sold_priced_at,
            settled_at = %(now)s,
            profit = of_payout * t.payout + of_stake * t.stake + of_sale * coalesce(taken.sale, 0)
                     - stake_kept * t.stake
        FROM taken JOIN ending USING (outcome) WHERE t.id = taken.id
        RETURNING t.id, t.user_id, t.wallet_id, t.currency, t.demo, t.stake, stake_phase, paid_as,
                  t.profit + stake_kept * t.stake AS paid, t.outcome,
                  coalesce(t.sold_priced_at, t.expires_at) AS due_at
    ),
    house AS ({HOUSES}),
"""
"""Ends the `taken` trades, those of SETTLE or of SELL, as `trading.domain.endings` says."""

MOVES = """
    SELECT 'stake' AS kind, stake_phase AS phase, wallet_id AS source_id, house_id AS target_id, stake AS amount,
           currency, demo, id AS reference
    FROM ended JOIN house USING (currency, demo)
    UNION ALL
    SELECT paid_as, 'single', house_id, wallet_id, paid, currency, demo, id
    FROM ended JOIN house USING (currency, demo) WHERE paid > 0
"""

ENDED = """
    SELECT id, user_id, wallet_id, outcome, demo, due_at, paid, (SELECT count(*) FROM posted),
           (SELECT count(*) + count(*) FILTER (WHERE paid > 0) FROM ended)
    FROM ended
"""
"""Each trade, with the number of transfers made for all of them, and the right number."""
