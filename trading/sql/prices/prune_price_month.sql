-- Removes the prices of a whole old month that the proof of no trade needs: the one way in which prices are removed.
--
-- Keeps the spans that trades need, the neighbours of each span, which show that no price was left out, and both ends
-- of the month. Says how many it kept and removed, or without `really`, would keep and remove. Refuses young months,
-- months with a trade that isn't settled, and days without their published digest.
CREATE OR REPLACE FUNCTION prune_price_month(of date, really boolean, OUT kept bigint, OUT removed bigint)
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    starts timestamptz := date_trunc('month', of);
    ends timestamptz := date_trunc('month', of) + interval '1 month';
    partition text := 'index_prices_' || to_char(of, 'YYYY_MM');
    sound boolean;
BEGIN
    IF ends > now() - interval '30 days' THEN
        PERFORM keep_price_month('the month ended less than 30 days ago', 'young_months_are_kept');
    ELSIF to_regclass(partition) IS NULL THEN
        PERFORM keep_price_month('the month has no partition', 'months_have_partitions');
    ELSIF EXISTS (SELECT FROM price_prunings WHERE month = starts::date) THEN
        PERFORM keep_price_month('the month is pruned already', 'months_are_pruned_once');
    ELSIF EXISTS (
        SELECT FROM flash_trades WHERE state <> 'settled' AND accepted_at < ends + interval '1 day'
    ) THEN
        PERFORM keep_price_month('a trade of that time is not settled', 'open_trades_keep_their_prices');
    END IF;
    EXECUTE format(
        'SELECT coalesce(bool_and(d.count IS NOT NULL AND d.count = p.count), true) FROM (
            SELECT instrument_id, priced_at::date AS day, count(*) AS count FROM %I GROUP BY 1, 2
        ) AS p LEFT JOIN daily_digests d USING (instrument_id, day)', partition
    ) INTO sound;
    IF NOT sound THEN
        PERFORM keep_price_month('the digest of one of its days is not published', 'digests_come_first');
    END IF;

    EXECUTE format(
        'CREATE TEMP TABLE prices_kept ON COMMIT DROP AS
        WITH asked AS (
            -- A trade lasts a day at most (trade_expires_after_its_duration): others can''t need prices of the month.
            SELECT DISTINCT instrument_id, since, until FROM price_spans_needed
            WHERE until >= $1 AND since < $2
              AND accepted_at >= $1 - interval ''2 days'' AND accepted_at < $2 + interval ''1 day''
        ),
        wide AS (
            SELECT instrument_id, tstzrange(
                coalesce((SELECT max(priced_at) FROM %1$I p
                          WHERE p.instrument_id = a.instrument_id AND p.priced_at <= a.since), a.since),
                coalesce((SELECT min(priced_at) FROM %1$I p
                          WHERE p.instrument_id = a.instrument_id AND p.priced_at >= a.until), a.until), ''[]''
            ) AS span FROM asked a
            UNION ALL
            SELECT instrument_id, tstzrange(at, at, ''[]'')
            FROM (SELECT instrument_id, min(priced_at), max(priced_at) FROM %1$I GROUP BY 1) AS e(instrument_id, a, z),
                LATERAL (VALUES (a), (z)) AS ends(at)
        ),
        merged AS (SELECT instrument_id, unnest(range_agg(span)) AS span FROM wide GROUP BY 1)
        SELECT p.* FROM merged m JOIN %1$I p ON p.instrument_id = m.instrument_id
            AND p.priced_at >= lower(m.span) AND p.priced_at <= upper(m.span)', partition
    ) USING starts, ends;
    EXECUTE format('SELECT (SELECT count(*) FROM prices_kept), (SELECT count(*) FROM %I)', partition)
        INTO kept, removed;
    removed := removed - kept;
    IF really THEN
        -- Only this month waits, and only for as long as it takes to write the prices that are kept.
        EXECUTE format('ALTER TABLE %I DISABLE TRIGGER USER', partition);
        EXECUTE format('TRUNCATE %I', partition);
        EXECUTE format('INSERT INTO %I SELECT * FROM prices_kept ORDER BY id', partition);
        EXECUTE format('ALTER TABLE %I ENABLE TRIGGER USER', partition);
        INSERT INTO price_prunings (month, kept, removed, pruned_at) VALUES (starts::date, kept, removed, now());
    END IF;
    DROP TABLE prices_kept;
END $$;

REVOKE ALL ON FUNCTION prune_price_month FROM PUBLIC;
