-- A price is of the present: at most a second ahead of the database's clock, as clocks differ, and 3 s behind it.
--
-- The feed's clock dates its prices. One that ran ahead would decide trades by seconds that have not come, and keep
-- every other feed out until they have. A statement is checked when it ends, so its wait for another feed counts.
CREATE OR REPLACE FUNCTION prices_check_clock() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    moment CONSTANT timestamptz := clock_timestamp();
    told timestamptz;
BEGIN
    SELECT a.priced_at INTO told FROM added a
    WHERE a.priced_at NOT BETWEEN moment - interval '3 seconds' AND moment + interval '1 second' LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'no price of % is recorded at %', told, moment
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER prices_by_the_clock AFTER INSERT ON index_prices
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION prices_check_clock();
