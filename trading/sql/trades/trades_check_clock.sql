-- A trade is accepted within 30 seconds of the database's clock: a program with a wrong clock takes no orders.
CREATE OR REPLACE FUNCTION trades_check_clock() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    tolerance CONSTANT interval := '30 seconds';
    told timestamptz;
BEGIN
    SELECT accepted_at INTO told FROM added
    WHERE accepted_at NOT BETWEEN clock_timestamp() - tolerance AND clock_timestamp() + tolerance LIMIT 1;
    IF FOUND THEN
        RAISE EXCEPTION 'a trade accepted at %, and it is % now', told, clock_timestamp()
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER acceptances_by_the_clock AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trades_check_clock();
