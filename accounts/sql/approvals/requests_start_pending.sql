-- No request starts as executed.
CREATE OR REPLACE TRIGGER requests_start_pending BEFORE INSERT ON approval_requests
    FOR EACH ROW WHEN (NEW.state <> 'pending')
    EXECUTE FUNCTION ledger_refuse('a request starts pending');
