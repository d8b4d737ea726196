-- Refuses the change of a limit or an exclusion for which a trigger calls it. The trigger's argument says why; its name
-- stands for the constraint.
CREATE OR REPLACE FUNCTION limits_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;
