-- Forgets the sums of a past day of a wallet when one of its trades still changes: a trade that a late clock dates
-- back, a result of a day before, a correction. The next order adds them up anew.
--
-- A change of a trade's stake or result holds its wallet's lock by then, as an order does that keeps sums. A
-- correction gets the lock after it is stored, so its trigger runs at the end of the transaction. Works as the tables'
-- owner: the settler has no right to this table.
CREATE OR REPLACE FUNCTION wallet_days_follow() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    changed flash_trades;
BEGIN
    IF TG_TABLE_NAME = 'trade_corrections' THEN
        SELECT * INTO changed FROM flash_trades WHERE id = NEW.trade_id;
    ELSE
        changed := NEW;
    END IF;
    DELETE FROM wallet_days WHERE wallet_id = changed.wallet_id
        AND day IN ((changed.accepted_at AT TIME ZONE 'UTC')::date, (changed.settled_at AT TIME ZONE 'UTC')::date);
    RETURN NULL;
END $$;

REVOKE ALL ON FUNCTION wallet_days_follow FROM PUBLIC;

CREATE OR REPLACE TRIGGER sums_follow_new_trades AFTER INSERT ON flash_trades
    FOR EACH ROW WHEN (NEW.accepted_at < date_trunc('day', clock_timestamp(), 'UTC'))
    EXECUTE FUNCTION wallet_days_follow();
CREATE OR REPLACE TRIGGER sums_follow_results AFTER UPDATE ON flash_trades
    FOR EACH ROW WHEN (NEW.state = 'settled' AND NEW.settled_at < date_trunc('day', clock_timestamp(), 'UTC'))
    EXECUTE FUNCTION wallet_days_follow();
CREATE CONSTRAINT TRIGGER sums_follow_corrections AFTER INSERT ON trade_corrections
    DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW EXECUTE FUNCTION wallet_days_follow();
