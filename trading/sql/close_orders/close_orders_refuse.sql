-- Refuses the change of a close order for which a trigger calls it. The trigger's argument says why; its name stands
-- for the constraint.
CREATE OR REPLACE FUNCTION close_orders_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of close_orders is refused: %', TG_OP, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;
