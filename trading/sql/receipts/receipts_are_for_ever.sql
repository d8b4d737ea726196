-- A receipt is never changed and never deleted: its holder has it too.
CREATE OR REPLACE TRIGGER receipts_are_for_ever BEFORE UPDATE OR DELETE ON receipts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('receipts are for ever');
