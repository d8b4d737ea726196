-- Nobody dates a close order ahead of the database's clock, which may differ from a program's by a second.
CREATE OR REPLACE TRIGGER close_orders_by_the_clock BEFORE INSERT ON close_orders
    FOR EACH ROW WHEN (NEW.asked_at > clock_timestamp() + interval '1 second')
    EXECUTE FUNCTION close_orders_refuse('its time has not come');
