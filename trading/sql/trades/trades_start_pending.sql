-- A trade starts pending and without any part of a result: nobody has decided one.
CREATE OR REPLACE TRIGGER trades_start_pending BEFORE INSERT ON flash_trades
    FOR EACH ROW WHEN (NEW.state <> 'pending' OR NEW.exit_samples IS NOT NULL OR NEW.void_reason IS NOT NULL)
    EXECUTE FUNCTION trades_refuse('a trade starts pending');
