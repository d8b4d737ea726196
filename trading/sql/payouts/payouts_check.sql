-- Payouts are numbered without a gap, and the rate of each duration leaves something to win and the house its edge.
CREATE OR REPLACE FUNCTION payouts_check() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    last integer := coalesce((SELECT max(version) FROM payout_versions WHERE instrument_id = NEW.instrument_id), 0);
BEGIN
    IF NEW.version <> last + 1 THEN
        RAISE EXCEPTION 'the next version is %', last + 1
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_versions_ascend', TABLE = TG_TABLE_NAME;
    END IF;
    IF jsonb_typeof(NEW.rates) <> 'object' OR EXISTS (
        SELECT FROM jsonb_each(NEW.rates)
        WHERE key !~ '^[1-9][0-9]{0,4}$'
           OR jsonb_typeof(value) <> 'string'
           OR value #>> '{}' !~ '^[0-5](\.[0-9]{1,4})?$'
    ) THEN
        RAISE EXCEPTION 'rates are an object of seconds and decimals: %', NEW.rates
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_rates_make_sense', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        SELECT FROM jsonb_each_text(NEW.rates)
        WHERE value::numeric <= NEW.skew_max OR value::numeric > least(5, 1 - 2 * NEW.edge_min - NEW.skew_max)
    ) THEN
        RAISE EXCEPTION 'a rate is not above the skew, or leaves the house less than it must have: %', NEW.rates
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_rates_make_sense', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER payouts_check BEFORE INSERT ON payout_versions
    FOR EACH ROW EXECUTE FUNCTION payouts_check();
