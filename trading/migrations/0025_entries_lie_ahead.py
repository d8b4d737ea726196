"""What decides a trade or a close order is not known when either is stored: not even who writes SQL can date one back.

No clock is asked: the chain of prices says what is known.
"""

from django.db import migrations

KNOWN = """
CREATE FUNCTION trades_look_ahead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a JOIN price_heads h ON h.instrument_id = a.instrument_id AND h.priced_at >= a.entry_at
    ) THEN
        RAISE EXCEPTION 'the price of the entry second is known already'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER entries_lie_ahead AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION trades_look_ahead();

CREATE FUNCTION close_orders_look_ahead() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
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

CREATE TRIGGER closes_lie_ahead AFTER INSERT ON close_orders
    FOR EACH ROW EXECUTE FUNCTION close_orders_look_ahead();

REVOKE ALL ON FUNCTION trades_look_ahead, close_orders_look_ahead FROM PUBLIC;
"""

FORGET = """
DROP TRIGGER entries_lie_ahead ON flash_trades;
DROP FUNCTION trades_look_ahead;
DROP TRIGGER closes_lie_ahead ON close_orders;
DROP FUNCTION close_orders_look_ahead;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0024_conversions_kept")]
    operations = [migrations.RunSQL(KNOWN, FORGET)]
