-- Keeps the candles right with each statement that inserts prices: of all its instruments and of all six intervals.
--
-- The intervals are those of `trading.domain.candles.Interval`; `rebuild_candles` computes the same from stored prices.
-- Works as the tables' owner: no login needs the right to write a candle.
CREATE OR REPLACE FUNCTION candles_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    INSERT INTO candles AS kept (instrument_id, interval, opened_at, open, high, low, close, count, simulated)
    SELECT p.instrument_id, i.seconds, date_bin(make_interval(secs => i.seconds), p.priced_at, 'epoch'),
        (array_agg(p.price ORDER BY p.priced_at))[1], max(p.price), min(p.price),
        (array_agg(p.price ORDER BY p.priced_at DESC))[1], count(*), bool_or(p.source <> 'live')
    FROM new_prices p CROSS JOIN unnest(ARRAY[5, 60, 300, 900, 3600, 86400]) AS i(seconds)
    GROUP BY 1, 2, 3
    ORDER BY 1, 2, 3
    ON CONFLICT (instrument_id, interval, opened_at) DO UPDATE SET
        high = greatest(kept.high, excluded.high),
        low = least(kept.low, excluded.low),
        close = excluded.close,
        count = kept.count + excluded.count,
        simulated = kept.simulated OR excluded.simulated;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION candles_follow FROM PUBLIC;

CREATE OR REPLACE TRIGGER candles_follow AFTER INSERT ON index_prices
    REFERENCING NEW TABLE AS new_prices
    FOR EACH STATEMENT EXECUTE FUNCTION candles_follow();
