-- A beneficiary, a deposit and a withdrawal are dated within 5 minutes of the database's clock, as clocks differ.
--
-- The program that writes the row writes the column that the trigger's argument names. Dated back, a beneficiary would
-- not wait, and a daily maximum would not count.
CREATE OR REPLACE FUNCTION cashier_check_clock() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    told CONSTANT timestamptz := to_jsonb(NEW) ->> TG_ARGV[0];
    tolerance CONSTANT interval := '5 minutes';
BEGIN
    IF told NOT BETWEEN clock_timestamp() - tolerance AND clock_timestamp() + tolerance THEN
        RAISE EXCEPTION '% of % is %, and it is % now', TG_ARGV[0], TG_TABLE_NAME, told, clock_timestamp()
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER beneficiaries_by_the_clock BEFORE INSERT ON beneficiaries
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('created_at');

CREATE OR REPLACE TRIGGER deposits_by_the_clock BEFORE INSERT ON deposits
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('requested_at');

CREATE OR REPLACE TRIGGER withdrawals_by_the_clock BEFORE INSERT ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION cashier_check_clock('requested_at');
