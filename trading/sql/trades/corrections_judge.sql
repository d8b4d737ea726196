-- Rule 10: a correction of a settled trade needs its executed request with two approvals, and gives back exactly the
-- amount that the trade moved.
CREATE OR REPLACE FUNCTION corrections_judge() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM approval_requests r
        WHERE r.id = NEW.request_id AND r.action = 'void_trade' AND r.subject = 'trade:' || NEW.trade_id
          AND r.state = 'executed' AND r.approvals_needed >= 2 AND r.reason = NEW.reason
    ) THEN
        RAISE EXCEPTION 'a correction needs its request, approved by two'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    IF NOT EXISTS (
        SELECT FROM flash_trades t WHERE t.id = NEW.trade_id AND t.state = 'settled' AND NEW.amount = -t.profit
    ) THEN
        RAISE EXCEPTION 'a correction gives back what its settled trade moved'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'corrections_give_back_what_was_moved',
                  TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

-- At the end of the transaction: the request ends after the correction that it asked for.
CREATE CONSTRAINT TRIGGER corrections_need_two_approvals AFTER INSERT ON trade_corrections
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION corrections_judge();
