-- A close order starts by waiting, on an open trade, between its entry and its expiry.
CREATE OR REPLACE FUNCTION close_orders_judge() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'waiting' OR NOT EXISTS (
        SELECT FROM flash_trades t
        WHERE t.id = NEW.trade_id AND t.state = 'open' AND NEW.asked_at > t.entry_at AND NEW.close_at < t.expires_at
    ) THEN
        RAISE EXCEPTION 'a close order starts by waiting, within the life of its open trade'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER close_orders_start_by_waiting BEFORE INSERT ON close_orders
    FOR EACH ROW EXECUTE FUNCTION close_orders_judge();
