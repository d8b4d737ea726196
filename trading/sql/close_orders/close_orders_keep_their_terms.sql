-- A close order keeps its terms and is decided once.
CREATE OR REPLACE TRIGGER close_orders_keep_their_terms BEFORE UPDATE ON close_orders
    FOR EACH ROW WHEN (
        OLD.state <> 'waiting'
        OR (OLD.id, OLD.trade_id, OLD.min_price, OLD.asked_at, OLD.close_at)
           IS DISTINCT FROM (NEW.id, NEW.trade_id, NEW.min_price, NEW.asked_at, NEW.close_at)
    )
    EXECUTE FUNCTION close_orders_refuse('it keeps its terms and is decided once');
