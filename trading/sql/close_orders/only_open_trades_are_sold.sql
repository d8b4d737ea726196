-- Only an open trade can be sold.
CREATE OR REPLACE TRIGGER only_open_trades_are_sold BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (NEW.outcome = 'sold' AND OLD.state <> 'open')
    EXECUTE FUNCTION trades_refuse('only an open trade can be sold');
