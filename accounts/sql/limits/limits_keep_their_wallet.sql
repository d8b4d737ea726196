-- A limit keeps its owner, its kind, its currency and book, and its period.
CREATE OR REPLACE TRIGGER limits_keep_their_wallet BEFORE UPDATE ON trading_limits
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.kind, OLD.currency, OLD.demo, OLD.period_days)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.kind, NEW.currency, NEW.demo, NEW.period_days)
    )
    EXECUTE FUNCTION limits_refuse('a limit keeps its owner, kind and wallet');
