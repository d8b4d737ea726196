-- Refuses the change of an index price for which a trigger calls it: nobody rewrites the price that decided a trade.
CREATE OR REPLACE FUNCTION prices_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of index_prices is refused: prices are for ever', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER prices_are_for_ever BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH STATEMENT EXECUTE FUNCTION prices_refuse();

-- The same for each row: a statement that names a partition doesn't fire the triggers of its parent's statements.
CREATE OR REPLACE TRIGGER prices_are_for_ever_everywhere BEFORE UPDATE OR DELETE ON index_prices
    FOR EACH ROW EXECUTE FUNCTION prices_refuse();
