-- The terms of a trade are fixed when it is accepted.
CREATE OR REPLACE TRIGGER terms_are_fixed BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.wallet_id, OLD.instrument_id, OLD.idempotency_key, OLD.order_digest,
         OLD.direction, OLD.stake, OLD.currency, OLD.demo, OLD.duration_seconds, OLD.payout_rate, OLD.payout,
         OLD.rule_version, OLD.accepted_at, OLD.entry_at, OLD.expires_at)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.wallet_id, NEW.instrument_id, NEW.idempotency_key, NEW.order_digest,
         NEW.direction, NEW.stake, NEW.currency, NEW.demo, NEW.duration_seconds, NEW.payout_rate, NEW.payout,
         NEW.rule_version, NEW.accepted_at, NEW.entry_at, NEW.expires_at)
    )
    EXECUTE FUNCTION trades_refuse('the terms are fixed at acceptance');
