-- Only a login that may decide a trade may pay its result or end its stake.
--
-- No login is named: the one that may write an outcome is the settler. Where one login does everything, as its owner,
-- this lets everything pass.
CREATE OR REPLACE FUNCTION transfers_pay_results() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT has_column_privilege('public.flash_trades', 'outcome', 'UPDATE') AND EXISTS (
        SELECT FROM added WHERE kind IN ('payout', 'sale') OR (kind = 'stake' AND phase <> 'pending')
    ) THEN
        RAISE EXCEPTION 'who may not decide a trade may not pay it'
            USING ERRCODE = 'insufficient_privilege', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER results_are_paid_by_who_decides AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION transfers_pay_results();
