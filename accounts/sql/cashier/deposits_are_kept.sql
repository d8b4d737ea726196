-- A deposit is never deleted.
CREATE OR REPLACE TRIGGER deposits_are_kept BEFORE DELETE ON deposits
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('deposits are kept');
