-- Each instrument gets its first payouts with its own row, by any program: none is ever without.
CREATE OR REPLACE FUNCTION payouts_begin() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payout_versions (instrument_id, version, effective_from, made_at)
    VALUES (NEW.id, 1, '1970-01-01T00:00:00Z', clock_timestamp());
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER payouts_begin AFTER INSERT ON instruments
    FOR EACH ROW EXECUTE FUNCTION payouts_begin();
