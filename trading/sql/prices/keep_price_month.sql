-- Refuses to prune a month, with the reason and the name of the guard.
CREATE OR REPLACE FUNCTION keep_price_month(reason text, guard text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '%', reason
        USING ERRCODE = 'restrict_violation', CONSTRAINT = guard, TABLE = 'index_prices';
END $$;
