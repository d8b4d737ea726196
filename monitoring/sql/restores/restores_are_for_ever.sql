-- That a database was restored is never changed and never deleted.
CREATE OR REPLACE TRIGGER restores_are_for_ever BEFORE UPDATE OR DELETE ON restores
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('that a database was restored is told for ever');
