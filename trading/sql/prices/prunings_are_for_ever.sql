-- The record that a month was pruned is never changed and never deleted.
CREATE OR REPLACE TRIGGER prunings_are_for_ever BEFORE UPDATE OR DELETE ON price_prunings
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('that a month was pruned is told for ever');
