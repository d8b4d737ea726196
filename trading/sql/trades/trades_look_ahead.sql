-- A trade is stored before the price of its entry second is known: nobody dates an order back, not even by SQL.
--
-- The head of the chain says which price is known; no clock is asked. Works as the tables' owner: it sees each head,
-- whatever its login may read.
CREATE OR REPLACE FUNCTION trades_look_ahead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a JOIN price_heads h ON h.instrument_id = a.instrument_id AND h.priced_at >= a.entry_at
    ) THEN
        RAISE EXCEPTION 'the price of the entry second is known already'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION trades_look_ahead FROM PUBLIC;

CREATE OR REPLACE TRIGGER entries_lie_ahead AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trades_look_ahead();
