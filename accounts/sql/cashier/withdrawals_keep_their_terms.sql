-- A withdrawal keeps its terms, its beneficiary among them.
CREATE OR REPLACE TRIGGER withdrawals_keep_their_terms BEFORE UPDATE ON withdrawals
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.beneficiary_id, OLD.idempotency_key, OLD.amount, OLD.fee,
         OLD.currency, OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.beneficiary_id, NEW.idempotency_key, NEW.amount, NEW.fee,
         NEW.currency, NEW.requested_at)
    )
    EXECUTE FUNCTION ledger_refuse('a withdrawal keeps what was asked for');
