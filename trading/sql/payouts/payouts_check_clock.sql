-- New payouts are for trades to come. Dated back, they would claim trades that were accepted under others.
CREATE OR REPLACE FUNCTION payouts_check_clock() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.effective_from <= clock_timestamp() THEN
        RAISE EXCEPTION 'payouts are for trades to come, not from % on: it is % now',
                NEW.effective_from, clock_timestamp()
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER payouts_by_the_clock BEFORE INSERT ON payout_versions
    FOR EACH ROW WHEN (NEW.version > 1)
    EXECUTE FUNCTION payouts_check_clock();
