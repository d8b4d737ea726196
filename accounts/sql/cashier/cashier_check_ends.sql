-- A deposit goes to, and a withdrawal comes from, a wallet of its own trader: real money of its currency.
-- The beneficiary of a withdrawal is its own trader's, too, and has waited.
CREATE OR REPLACE FUNCTION cashier_check_ends() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM ledger_accounts w
        WHERE (w.id, w.owner_id, w.currency, w.demo) = (NEW.wallet_id, NEW.user_id, NEW.currency, false)
    ) THEN
        RAISE EXCEPTION 'not a real wallet of this person and currency'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'real_wallet_of_its_owner';
    END IF;
    IF TG_TABLE_NAME = 'withdrawals' THEN  -- nested: a deposit has no beneficiary to be named in one condition
        IF NOT EXISTS (
            SELECT FROM beneficiaries b
            WHERE (b.id, b.user_id, b.currency) = (NEW.beneficiary_id, NEW.user_id, NEW.currency)
              AND b.removed_at IS NULL AND b.usable_from <= NEW.requested_at
        ) THEN
            RAISE EXCEPTION 'not a usable beneficiary of this person and currency'
                USING ERRCODE = 'check_violation', CONSTRAINT = 'usable_beneficiary_of_its_owner';
        END IF;
    END IF;
    RETURN NEW;
END $$;

CREATE OR REPLACE TRIGGER deposits_go_to_their_owner BEFORE INSERT ON deposits
    FOR EACH ROW EXECUTE FUNCTION cashier_check_ends();

CREATE OR REPLACE TRIGGER withdrawals_go_to_their_owner BEFORE INSERT ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION cashier_check_ends();
