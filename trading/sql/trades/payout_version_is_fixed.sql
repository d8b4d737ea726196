-- The version of the payouts under which a trade was accepted is one of its terms, and fixed like them.
CREATE OR REPLACE TRIGGER payout_version_is_fixed BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (OLD.payout_version IS DISTINCT FROM NEW.payout_version)
    EXECUTE FUNCTION trades_refuse('the terms are fixed at acceptance');
