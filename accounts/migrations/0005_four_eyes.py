"""Four eyes are the database's rule too: whoever writes, by whatever program, one person alone executes nothing.

- A request starts pending, keeps what it asks for, ends once, and is executed only with enough approvals by others.
- A decision is somebody else's, on a request that waits, and is never changed.
"""

from django.db import migrations, models

from accounts.domain.approvals.requests import Decision

REFUSE = """
CREATE FUNCTION approvals_judge_end() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE FUNCTION approvals_judge_decision() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER requests_start_pending BEFORE INSERT ON approval_requests
    FOR EACH ROW WHEN (NEW.state <> 'pending') EXECUTE FUNCTION ledger_refuse('a request starts pending');

CREATE TRIGGER requests_keep_what_they_ask BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (
        (OLD.id, OLD.action, OLD.subject, OLD.arguments, OLD.reason, OLD.approvals_needed, OLD.requested_by_id,
         OLD.requested_at, OLD.expires_at)
        IS DISTINCT FROM
        (NEW.id, NEW.action, NEW.subject, NEW.arguments, NEW.reason, NEW.approvals_needed, NEW.requested_by_id,
         NEW.requested_at, NEW.expires_at)
    )
    EXECUTE FUNCTION ledger_refuse('a request keeps what it asks for');

CREATE TRIGGER requests_end_once BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (OLD.state <> 'pending') EXECUTE FUNCTION ledger_refuse('a request ends once');

CREATE TRIGGER requests_end_by_decisions BEFORE UPDATE ON approval_requests
    FOR EACH ROW WHEN (OLD.state = 'pending' AND NEW.state <> 'pending') EXECUTE FUNCTION approvals_judge_end();

CREATE TRIGGER requests_are_kept BEFORE DELETE ON approval_requests
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('requests are kept');

CREATE TRIGGER others_decide BEFORE INSERT ON approval_decisions
    FOR EACH ROW EXECUTE FUNCTION approvals_judge_decision();

CREATE TRIGGER decisions_are_for_ever BEFORE UPDATE OR DELETE ON approval_decisions
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('decisions are for ever');
"""

PERMIT = """
DROP TRIGGER requests_start_pending ON approval_requests;
DROP TRIGGER requests_keep_what_they_ask ON approval_requests;
DROP TRIGGER requests_end_once ON approval_requests;
DROP TRIGGER requests_end_by_decisions ON approval_requests;
DROP TRIGGER requests_are_kept ON approval_requests;
DROP TRIGGER others_decide ON approval_decisions;
DROP TRIGGER decisions_are_for_ever ON approval_decisions;
DROP FUNCTION approvals_judge_end;
DROP FUNCTION approvals_judge_decision;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_people_and_money"),
    ]

    operations = [
        migrations.AddField(
            model_name="approvalrequest",
            name="approvals_needed",
            field=models.PositiveSmallIntegerField(default=1, verbose_name="approvals needed"),
        ),
        migrations.AddConstraint(
            model_name="approvalrequest",
            constraint=models.CheckConstraint(
                condition=models.Q(("approvals_needed__gte", 1)), name="somebody_else_approves"
            ),
        ),
        migrations.AddConstraint(
            model_name="approvaldecision",
            constraint=models.CheckConstraint(
                condition=models.Q(("decision", Decision["APPROVE"]), ("reason__regex", "\\S"), _connector="OR"),
                name="who_refuses_says_why",
            ),
        ),
        migrations.RunSQL(REFUSE, PERMIT),
    ]
