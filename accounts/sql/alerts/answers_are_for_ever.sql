-- An answer to an alert is never changed and never deleted: a later one corrects it.
CREATE OR REPLACE TRIGGER answers_are_for_ever BEFORE UPDATE OR DELETE ON alert_answers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('answers to alerts are for ever');
