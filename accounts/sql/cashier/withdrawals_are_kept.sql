-- A withdrawal is never deleted.
CREATE OR REPLACE TRIGGER withdrawals_are_kept BEFORE DELETE ON withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('withdrawals are kept');
