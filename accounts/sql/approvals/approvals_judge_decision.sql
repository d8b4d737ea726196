-- Four eyes: somebody else than the requester decides, on a request that still waits.
CREATE OR REPLACE FUNCTION approvals_judge_decision() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    request approval_requests;
BEGIN
    -- Locked: two last approvals at once don't both find the request waiting.
    SELECT * INTO request FROM approval_requests WHERE id = NEW.request_id FOR NO KEY UPDATE;
    IF request.requested_by_id = NEW.decided_by_id THEN
        RAISE EXCEPTION 'nobody decides on their own request'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'somebody_else_decides', TABLE = TG_TABLE_NAME;
    END IF;
    IF request.state <> 'pending' OR request.expires_at <= NEW.decided_at THEN
        RAISE EXCEPTION 'the request has ended'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'decisions_are_on_waiting_requests', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER others_decide BEFORE INSERT ON approval_decisions
    FOR EACH ROW EXECUTE FUNCTION approvals_judge_decision();
