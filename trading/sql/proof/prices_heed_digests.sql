-- No price is recorded for a day whose digest is published, or before it.
--
-- Works as the tables' owner: the feed needs no right to read digests.
CREATE OR REPLACE FUNCTION prices_heed_digests() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    -- Shared with other prices; publish_digests takes it alone, at its very end.
    PERFORM pg_advisory_xact_lock_shared(hashtext('daily_digests'), NEW.instrument_id::int);
    IF EXISTS (
        SELECT FROM daily_digests d
        WHERE d.instrument_id = NEW.instrument_id AND d.day >= (NEW.priced_at AT TIME ZONE 'UTC')::date
    ) THEN
        RAISE EXCEPTION 'the digest of that day is published'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION prices_heed_digests FROM PUBLIC;

CREATE OR REPLACE TRIGGER published_days_are_closed AFTER INSERT ON index_prices
    FOR EACH ROW EXECUTE FUNCTION prices_heed_digests();
