-- The audit is never emptied.
CREATE OR REPLACE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('events are for ever');
