-- A version of the payouts is never changed and never deleted: trades were accepted under it.
CREATE OR REPLACE FUNCTION payouts_refuse() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of payout_versions is refused: what was offered was offered', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE OR REPLACE TRIGGER payouts_are_for_ever BEFORE UPDATE OR DELETE ON payout_versions
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_refuse();
