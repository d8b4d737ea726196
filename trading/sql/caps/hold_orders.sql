-- Waits for the orders in flight and holds later ones, until the transaction ends. Prices don't wait for it.
CREATE OR REPLACE FUNCTION hold_orders() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    LOCK TABLE order_gate IN EXCLUSIVE MODE;
END $$;
