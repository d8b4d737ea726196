-- A request is never deleted.
CREATE OR REPLACE TRIGGER requests_are_kept BEFORE DELETE ON approval_requests
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('requests are kept');
