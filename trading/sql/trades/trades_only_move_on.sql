-- A trade moves on from pending to open to settled. Its entry price and its result are final.
CREATE OR REPLACE TRIGGER trades_only_move_on BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (
        OLD.state = 'settled'
        OR (OLD.state = 'open' AND NEW.state = 'pending')
        OR (OLD.entry_price IS NOT NULL AND OLD.entry_price IS DISTINCT FROM NEW.entry_price)
    )
    EXECUTE FUNCTION trades_refuse('an entry price and a result are final');
