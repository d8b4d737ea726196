-- A deposit keeps its terms. Its provider's reference is written once.
CREATE OR REPLACE TRIGGER deposits_keep_their_terms BEFORE UPDATE ON deposits
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.idempotency_key, OLD.amount, OLD.fee, OLD.currency, OLD.provider,
         OLD.requested_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.idempotency_key, NEW.amount, NEW.fee, NEW.currency, NEW.provider,
         NEW.requested_at)
        OR OLD.provider_reference IS NOT NULL AND OLD.provider_reference IS DISTINCT FROM NEW.provider_reference
    )
    EXECUTE FUNCTION ledger_refuse('a deposit keeps what was asked for');
