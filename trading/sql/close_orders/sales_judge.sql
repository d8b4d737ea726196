-- A trade is sold by a close order, for its offer, at a stored price; and an order that has sold has its sold trade.
CREATE OR REPLACE FUNCTION sales_judge() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    sold uuid := NEW.id;
BEGIN
    IF TG_TABLE_NAME = 'close_orders' THEN  -- nested: a trade has no trade_id
        sold := NEW.trade_id;
    END IF;
    IF NOT EXISTS (
        SELECT FROM flash_trades t
        JOIN close_orders c ON c.trade_id = t.id AND c.state = 'sold' AND c.offer = t.sale
            AND c.close_at <= t.sold_priced_at
        JOIN index_prices p ON p.instrument_id = t.instrument_id AND p.priced_at = t.sold_priced_at
            AND p.price = t.sold_at_price
        WHERE t.id = sold AND t.outcome = 'sold'
    ) THEN
        RAISE EXCEPTION 'a sale needs its close order and a stored price'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction, which writes one after the other.
CREATE CONSTRAINT TRIGGER a_sale_needs_its_close_order AFTER UPDATE ON flash_trades
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.outcome = 'sold') EXECUTE FUNCTION sales_judge();

CREATE CONSTRAINT TRIGGER a_sold_order_needs_its_sale AFTER UPDATE ON close_orders
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.state = 'sold') EXECUTE FUNCTION sales_judge();
