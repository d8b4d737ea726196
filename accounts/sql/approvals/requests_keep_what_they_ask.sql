-- A request keeps its action, its subject and its arguments: nobody approves one thing and executes another.
CREATE OR REPLACE TRIGGER requests_keep_what_they_ask BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (
        (OLD.id, OLD.action, OLD.subject, OLD.arguments, OLD.reason, OLD.approvals_needed, OLD.requested_by_id,
         OLD.requested_at, OLD.expires_at)
        IS DISTINCT FROM
        (NEW.id, NEW.action, NEW.subject, NEW.arguments, NEW.reason, NEW.approvals_needed, NEW.requested_by_id,
         NEW.requested_at, NEW.expires_at)
    )
    EXECUTE FUNCTION ledger_refuse('a request keeps what it asks for');
