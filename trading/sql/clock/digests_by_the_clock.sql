-- A day's digest is published when the day is over by the database's clock: it closes the day for prices.
CREATE OR REPLACE TRIGGER digests_by_the_clock BEFORE INSERT ON daily_digests
    FOR EACH ROW WHEN ((NEW.day + 1)::timestamp AT TIME ZONE 'UTC' > clock_timestamp())
    EXECUTE FUNCTION ledger_refuse('the day is not over');
