-- The end of a request is final.
CREATE OR REPLACE TRIGGER requests_end_once BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (OLD.state <> 'pending')
    EXECUTE FUNCTION ledger_refuse('a request ends once');
