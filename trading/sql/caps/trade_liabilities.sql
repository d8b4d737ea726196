-- What the house would owe for a win of each trade, ended or not, in each of the two pools that count it.
--
-- A pool is an instrument's trades in one book, in total or of one minute of expiry. A pool is counted in 16 stripes,
-- and a wallet's trades in one of them. `trading.domain.caps` has the same two constants: the stripes, and the bucket
-- of 1970 for all expiries together. `tilt` is the liability with the sign of its side.
CREATE OR REPLACE VIEW trade_liabilities AS
SELECT t.id AS trade_id, t.state, t.instrument_id, t.demo, pool.in_total, pool.bucket,
       (t.wallet_id % 16)::smallint AS stripe, t.entry_at, t.expires_at, t.direction, t.stake,
       t.payout - t.stake AS liability,
       CASE t.direction WHEN 'up' THEN t.payout - t.stake ELSE t.stake - t.payout END AS tilt
FROM flash_trades t CROSS JOIN LATERAL (
    VALUES (true, timestamptz '1970-01-01T00:00:00Z'), (false, date_trunc('minute', t.expires_at, 'UTC'))
) AS pool(in_total, bucket);
