-- A close order is stored before the price that decides it is known: nobody dates one back, not even by SQL.
--
-- The head of the chain says which price is known; no clock is asked. Works as the tables' owner: it sees each head,
-- whatever its login may read.
CREATE OR REPLACE FUNCTION close_orders_look_ahead() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM flash_trades t JOIN price_heads h USING (instrument_id)
        WHERE t.id = NEW.trade_id AND h.priced_at >= NEW.close_at
    ) THEN
        RAISE EXCEPTION 'the price that decides it is known already'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION close_orders_look_ahead FROM PUBLIC;

CREATE OR REPLACE TRIGGER closes_lie_ahead AFTER INSERT ON close_orders
    FOR EACH ROW EXECUTE FUNCTION close_orders_look_ahead();
