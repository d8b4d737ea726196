-- Makes the candles of an instrument and a UTC day anew from its stored prices. Says how many there are.
--
-- The next price of this instrument waits until the day is there again.
CREATE OR REPLACE FUNCTION rebuild_candles(of bigint, day date) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    made bigint;
BEGIN
    PERFORM FROM price_heads WHERE instrument_id = of FOR UPDATE;
    DELETE FROM candles WHERE instrument_id = of AND opened_at >= day AND opened_at < day + 1;
    INSERT INTO candles AS kept (instrument_id, interval, opened_at, open, high, low, close, count, simulated)
    SELECT p.instrument_id, i.seconds, date_bin(make_interval(secs => i.seconds), p.priced_at, 'epoch'),
        (array_agg(p.price ORDER BY p.priced_at))[1], max(p.price), min(p.price),
        (array_agg(p.price ORDER BY p.priced_at DESC))[1], count(*), bool_or(p.source <> 'live')
    FROM index_prices p CROSS JOIN unnest(ARRAY[5, 60, 300, 900, 3600, 86400]) AS i(seconds)
    WHERE p.instrument_id = of AND p.priced_at >= day AND p.priced_at < day + 1
    GROUP BY 1, 2, 3;
    GET DIAGNOSTICS made = ROW_COUNT;
    RETURN made;
END $$;

REVOKE ALL ON FUNCTION rebuild_candles FROM PUBLIC;
