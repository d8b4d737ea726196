-- A transfer is never changed and never deleted.
CREATE OR REPLACE TRIGGER transfers_are_for_ever BEFORE UPDATE OR DELETE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('transfers are for ever');
