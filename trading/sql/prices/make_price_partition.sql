-- Makes the partition of the month of an instant, unless there is one. Says whether it made it.
--
-- A month that runs from the default partition stays there until it is over: moving it would make prices wait.
CREATE OR REPLACE FUNCTION make_price_partition(of timestamptz) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    starts timestamptz := date_trunc('month', of);
    ends timestamptz := date_trunc('month', of) + interval '1 month';
    within text := format('priced_at >= %L AND priced_at < %L', starts, ends);
    partition text := 'index_prices_' || to_char(of, 'YYYY_MM');
    strays bigint;
BEGIN
    IF to_regclass(partition) IS NOT NULL THEN
        RETURN false;
    END IF;
    IF ends > now() AND EXISTS (SELECT FROM index_prices_default p WHERE p.priced_at >= starts AND p.priced_at < ends)
    THEN
        RETURN false;
    END IF;
    -- Made beside and then attached: that doesn't wait for readers of the other months, nor make prices wait.
    EXECUTE format('CREATE TABLE %I (LIKE index_prices INCLUDING ALL)', partition);
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT its_month CHECK (%s)', partition, within);
    EXECUTE format('INSERT INTO %I SELECT * FROM index_prices_default WHERE %s', partition, within);
    GET DIAGNOSTICS strays = ROW_COUNT;
    IF strays > 0 THEN
        ALTER TABLE index_prices_default DISABLE TRIGGER USER;
        EXECUTE 'DELETE FROM index_prices_default WHERE ' || within;
        ALTER TABLE index_prices_default ENABLE TRIGGER USER;
    END IF;
    EXECUTE format(
        'ALTER TABLE index_prices ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', partition, starts, ends
    );
    EXECUTE format('ALTER TABLE %I DROP CONSTRAINT its_month', partition);
    RETURN true;
END $$;

REVOKE ALL ON FUNCTION make_price_partition FROM PUBLIC;
