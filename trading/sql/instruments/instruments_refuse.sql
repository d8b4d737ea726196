-- An instrument keeps the units in which its prices and trades are written. Only the table's owner may change them.
--
-- No login is named: the one that may empty the table owns it. A higher `venues_min` would stop an index, and so void
-- the trades that wait for its price.
CREATE OR REPLACE FUNCTION instruments_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of instruments is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'insufficient_privilege', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER instruments_keep_their_units BEFORE UPDATE ON instruments
    FOR EACH ROW WHEN (
        (OLD.id, OLD.symbol, OLD.currency, OLD.pip, OLD.venues_min)
        IS DISTINCT FROM
        (NEW.id, NEW.symbol, NEW.currency, NEW.pip, NEW.venues_min)
        AND NOT has_table_privilege('public.instruments', 'TRUNCATE')
    )
    EXECUTE FUNCTION instruments_refuse('what prices and trades are written in is fixed');
