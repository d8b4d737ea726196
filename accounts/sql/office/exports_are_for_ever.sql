-- The record of an export stays: it tells who took which list.
CREATE OR REPLACE TRIGGER exports_are_for_ever BEFORE UPDATE OR DELETE ON list_exports
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('exports are for ever');
