-- A decision is never changed and never deleted.
CREATE OR REPLACE TRIGGER decisions_are_for_ever BEFORE UPDATE OR DELETE ON approval_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('decisions are for ever');
