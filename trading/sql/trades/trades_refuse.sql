-- Refuses the change of a trade for which a trigger calls it. The trigger's argument says why; its name stands for the
-- constraint.
--
-- The triggers decide by their WHEN, so the thousands of rows of a sound settlement don't call it.
CREATE OR REPLACE FUNCTION trades_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of flash_trades is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;
