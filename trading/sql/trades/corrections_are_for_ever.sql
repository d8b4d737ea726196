-- A correction is never changed and never deleted.
CREATE OR REPLACE TRIGGER corrections_are_for_ever BEFORE UPDATE OR DELETE ON trade_corrections
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('corrections are for ever');
