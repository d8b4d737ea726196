-- A note on a person is never changed and never deleted: a later one corrects it.
CREATE OR REPLACE TRIGGER notes_are_for_ever BEFORE UPDATE OR DELETE ON person_notes
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('notes are for ever');
