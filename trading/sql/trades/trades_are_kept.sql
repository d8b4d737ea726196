-- A trade is never deleted.
CREATE OR REPLACE TRIGGER trades_are_kept BEFORE DELETE ON flash_trades
    FOR EACH STATEMENT EXECUTE FUNCTION trades_refuse('trades are kept');
