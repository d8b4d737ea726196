-- Counts the liability of an instrument anew from its open trades when one of its caps changes.
--
-- Locks in this order: the gate of the orders, the trades under way, which a settlement holds, the slots.
-- Works as the tables' owner: it locks trades, whose rows the app may not change.
CREATE OR REPLACE FUNCTION liability_recount() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    PERFORM hold_orders();
    PERFORM FROM flash_trades WHERE instrument_id = NEW.id AND state <> 'settled' ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM liability_slots WHERE instrument_id = NEW.id;
    INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, allotted, used, tilt)
    SELECT instrument_id, demo, bucket, stripe, 0, liability, tilt FROM open_liabilities WHERE instrument_id = NEW.id;
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION liability_recount FROM PUBLIC;

CREATE OR REPLACE TRIGGER caps_count_anew AFTER UPDATE ON instruments
    FOR EACH ROW WHEN (
        (OLD.liability_max, OLD.bucket_liability_max) IS DISTINCT FROM (NEW.liability_max, NEW.bucket_liability_max)
    )
    EXECUTE FUNCTION liability_recount();
