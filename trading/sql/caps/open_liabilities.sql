-- What the house may owe on the trades under way, in each stripe of each pool that has a cap: what `liability_slots`
-- must say.
CREATE OR REPLACE VIEW open_liabilities AS
SELECT l.instrument_id, l.demo, l.bucket, l.stripe, sum(l.liability) AS liability, sum(l.tilt) AS tilt
FROM trade_liabilities l JOIN instruments i ON i.id = l.instrument_id
WHERE l.state <> 'settled'
  AND CASE WHEN l.in_total THEN i.liability_max ELSE i.bucket_liability_max END IS NOT NULL
GROUP BY l.instrument_id, l.demo, l.bucket, l.stripe;
