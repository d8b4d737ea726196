-- The head of a chain moves with its price, by the trigger of the prices (its depth is not 0), and in no other way.
CREATE OR REPLACE FUNCTION heads_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of price_heads is refused: a head moves with its price', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER heads_move_with_prices BEFORE INSERT OR UPDATE OR DELETE ON price_heads
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0)
    EXECUTE FUNCTION heads_refuse();
