-- A limit, by which traders protect themselves, rises 24 hours after the trader asked, not earlier.
--
-- The day counts from `changed_at`, which only moves on.
CREATE OR REPLACE FUNCTION limits_rise_slowly() RETURNS trigger
LANGUAGE plpgsql AS $$
DECLARE
    no_limit CONSTANT numeric := 'Infinity';
    standing CONSTANT numeric := coalesce(
        CASE WHEN OLD.next_from <= NEW.changed_at THEN OLD.next_amount ELSE OLD.amount END, no_limit
    );
BEGIN
    IF NEW.changed_at < OLD.changed_at
        OR coalesce(NEW.amount, no_limit) > standing
        OR (
            NEW.next_from < NEW.changed_at + interval '24 hours'
            AND coalesce(NEW.next_amount, no_limit) > coalesce(NEW.amount, no_limit)
            AND (NEW.next_amount, NEW.next_from) IS DISTINCT FROM (OLD.next_amount, OLD.next_from)
        )
    THEN
        RAISE EXCEPTION 'a limit rises 24 hours after it was asked for'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER limits_rise_after_a_day BEFORE UPDATE ON trading_limits
    FOR EACH ROW EXECUTE FUNCTION limits_rise_slowly();
