-- The spans of prices that the proofs of trades need: pruning keeps them.
--
-- A superset of the prices that any version of the rules looks at: at acceptance and entry, at the exit, and before the
-- price that decided a close order, sold or lapsed. A price was converted by one that was at most 3 seconds older, so
-- the same spans of the instruments that convert are needed, too.
--
-- `accepted_at` is the trade's: its spans lie between 305 s before it and a day and some seconds after it. Who asks for
-- the spans of a month asks for it as well, so that its index finds the trades of the month; hence NOT MATERIALIZED.
CREATE OR REPLACE VIEW price_spans_needed AS
WITH own AS NOT MATERIALIZED (
    SELECT id AS trade_id, instrument_id, accepted_at - interval '2 s' AS since, entry_at + interval '5 s' AS until,
        accepted_at
    FROM flash_trades
    UNION ALL
    SELECT id, instrument_id,
        expires_at - interval '1 s' * CASE
            WHEN duration_seconds >= 3600 THEN 59
            WHEN duration_seconds >= 300 THEN 4
            ELSE 2
        END,
        expires_at, accepted_at
    FROM flash_trades
    UNION ALL
    SELECT t.id, t.instrument_id, c.close_at - interval '302 s', c.close_at + interval '2 s', t.accepted_at
    FROM close_orders c JOIN flash_trades t ON t.id = c.trade_id
)
SELECT trade_id, instrument_id, since, until, accepted_at FROM own
UNION ALL
SELECT trade_id, c.id, since - interval '3 s', until, accepted_at
FROM own CROSS JOIN instruments c WHERE NOT c.tradable;
