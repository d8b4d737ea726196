"""What was asked of the cashier stays as it was asked, states only move on, and ends are final: by whatever program."""

from django.db import migrations

REFUSE = """
-- Deposits -----------------------------------------------------------------------------------------------------------

CREATE TRIGGER deposits_keep_their_terms BEFORE UPDATE ON deposits
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.idempotency_key, OLD.amount, OLD.fee, OLD.currency, OLD.provider,
         OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.idempotency_key, NEW.amount, NEW.fee, NEW.currency, NEW.provider,
         NEW.requested_at)
        OR OLD.provider_reference IS NOT NULL AND OLD.provider_reference IS DISTINCT FROM NEW.provider_reference
    )
    EXECUTE FUNCTION ledger_refuse('a deposit keeps what was asked for');

CREATE TRIGGER deposits_only_move_on BEFORE UPDATE ON deposits
    FOR EACH ROW WHEN (
        OLD.state IN ('done', 'refused')
        OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('requested', 'review'), ('requested', 'done'), ('requested', 'refused'), ('requested', 'expired'),
            ('review', 'done'), ('review', 'refused'),
            ('expired', 'review')
        )
    )
    EXECUTE FUNCTION ledger_refuse('a deposit only moves on, and its end is final');

CREATE TRIGGER deposits_start_requested BEFORE INSERT ON deposits
    FOR EACH ROW WHEN (NEW.state <> 'requested')
    EXECUTE FUNCTION ledger_refuse('a deposit starts requested');

CREATE TRIGGER deposits_are_kept BEFORE DELETE ON deposits
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('deposits are kept');

-- Withdrawals --------------------------------------------------------------------------------------------------------

CREATE TRIGGER withdrawals_keep_their_terms BEFORE UPDATE ON withdrawals
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.beneficiary_id, OLD.idempotency_key, OLD.amount, OLD.fee,
         OLD.currency, OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.beneficiary_id, NEW.idempotency_key, NEW.amount, NEW.fee,
         NEW.currency, NEW.requested_at)
    )
    EXECUTE FUNCTION ledger_refuse('a withdrawal keeps what was asked for');

CREATE TRIGGER withdrawals_only_move_on BEFORE UPDATE ON withdrawals
    FOR EACH ROW WHEN (
        OLD.state IN ('done', 'refused', 'cancelled')
        OR OLD.state <> NEW.state AND (OLD.state, NEW.state) NOT IN (
            ('review', 'approved'), ('review', 'refused'), ('review', 'cancelled'),
            ('approved', 'done'), ('approved', 'refused')
        )
    )
    EXECUTE FUNCTION ledger_refuse('a withdrawal only moves on, and its end is final');

CREATE TRIGGER withdrawals_start_in_review BEFORE INSERT ON withdrawals
    FOR EACH ROW WHEN (NEW.state <> 'review')
    EXECUTE FUNCTION ledger_refuse('a withdrawal starts in review');

CREATE TRIGGER withdrawals_are_kept BEFORE DELETE ON withdrawals
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('withdrawals are kept');

-- The wallet and the beneficiary of a withdrawal, and the wallet of a deposit, are its own trader's: real money of its
-- currency. The beneficiary has waited.
CREATE FUNCTION cashier_check_ends() RETURNS trigger LANGUAGE plpgsql AS $$
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

CREATE TRIGGER deposits_go_to_their_owner BEFORE INSERT ON deposits
    FOR EACH ROW EXECUTE FUNCTION cashier_check_ends();
CREATE TRIGGER withdrawals_go_to_their_owner BEFORE INSERT ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION cashier_check_ends();

-- Beneficiaries and deliveries ---------------------------------------------------------------------------------------

CREATE TRIGGER beneficiaries_never_change BEFORE UPDATE ON beneficiaries
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.currency, OLD.label, OLD.address, OLD.created_at, OLD.usable_from)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.currency, NEW.label, NEW.address, NEW.created_at, NEW.usable_from)
        OR OLD.removed_at IS NOT NULL
    )
    EXECUTE FUNCTION ledger_refuse('a beneficiary never changes; it can be removed once');

CREATE TRIGGER beneficiaries_are_kept BEFORE DELETE ON beneficiaries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('beneficiaries are kept');

CREATE TRIGGER deliveries_never_change BEFORE UPDATE OR DELETE ON webhook_deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('webhook deliveries are kept as they came');
"""

PERMIT = """
DROP TRIGGER deposits_keep_their_terms ON deposits;
DROP TRIGGER deposits_only_move_on ON deposits;
DROP TRIGGER deposits_start_requested ON deposits;
DROP TRIGGER deposits_are_kept ON deposits;
DROP TRIGGER withdrawals_keep_their_terms ON withdrawals;
DROP TRIGGER withdrawals_only_move_on ON withdrawals;
DROP TRIGGER withdrawals_start_in_review ON withdrawals;
DROP TRIGGER withdrawals_are_kept ON withdrawals;
DROP TRIGGER deposits_go_to_their_owner ON deposits;
DROP TRIGGER withdrawals_go_to_their_owner ON withdrawals;
DROP FUNCTION cashier_check_ends;
DROP TRIGGER beneficiaries_never_change ON beneficiaries;
DROP TRIGGER beneficiaries_are_kept ON beneficiaries;
DROP TRIGGER deliveries_never_change ON webhook_deliveries;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_cashier")]
    operations = [migrations.RunSQL(REFUSE, PERMIT)]
