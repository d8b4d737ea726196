-- Four eyes: a request is executed only with enough approvals by others and no refusal, refused only by a refusal,
-- and expires only when its time is over.
CREATE OR REPLACE FUNCTION approvals_judge_end() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    approvals int;
    refusals int;
BEGIN
    SELECT count(*) FILTER (WHERE decision = 'approve'), count(*) FILTER (WHERE decision = 'refuse')
    INTO approvals, refusals
    FROM approval_decisions WHERE request_id = NEW.id AND decided_by_id <> NEW.requested_by_id;
    IF (NEW.state = 'executed' AND (approvals < NEW.approvals_needed OR refusals > 0))
        OR (NEW.state = 'refused' AND refusals = 0)
        OR (NEW.state = 'expired' AND NEW.ended_at < NEW.expires_at)
    THEN
        RAISE EXCEPTION 'a request can not be % with % approvals and % refusals', NEW.state, approvals, refusals
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER requests_end_by_decisions BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (OLD.state = 'pending' AND NEW.state <> 'pending')
    EXECUTE FUNCTION approvals_judge_end();
