-- An approved withdrawal may have been paid: its money goes back only with the approval of two others.
CREATE OR REPLACE FUNCTION cashier_judge_failure() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM approval_requests r
        WHERE (r.action, r.subject, r.state) = ('fail_withdrawal', 'withdrawal:' || NEW.id, 'pending')
          AND r.requested_by_id <> NEW.user_id
          AND 2 <= (
              SELECT count(*) FROM approval_decisions d
              WHERE (d.request_id, d.decision) = (r.id, 'approve')
                AND d.decided_by_id NOT IN (r.requested_by_id, NEW.user_id)
          )
    ) THEN
        RAISE EXCEPTION 'an approved withdrawal fails only with two approvals'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER approved_withdrawals_fail_together BEFORE UPDATE ON withdrawals
    FOR EACH ROW WHEN (OLD.state = 'approved' AND NEW.state = 'refused')
    EXECUTE FUNCTION cashier_judge_failure();
