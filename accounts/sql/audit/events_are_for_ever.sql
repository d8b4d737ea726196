-- An event is never changed and never deleted.
CREATE OR REPLACE TRIGGER events_are_for_ever BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('events are for ever');
