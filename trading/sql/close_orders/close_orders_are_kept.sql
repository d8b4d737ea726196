-- A close order is never deleted.
CREATE OR REPLACE TRIGGER close_orders_are_kept BEFORE DELETE ON close_orders
    FOR EACH STATEMENT EXECUTE FUNCTION close_orders_refuse('close orders are kept');
