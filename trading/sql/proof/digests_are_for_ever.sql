-- A published digest is never changed and never deleted.
CREATE OR REPLACE TRIGGER digests_are_for_ever BEFORE UPDATE OR DELETE ON daily_digests
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('published digests are for ever');
