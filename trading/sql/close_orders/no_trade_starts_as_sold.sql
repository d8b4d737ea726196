-- No trade starts as sold.
CREATE OR REPLACE TRIGGER no_trade_starts_as_sold BEFORE INSERT ON flash_trades
    FOR EACH ROW WHEN (NEW.outcome = 'sold')
    EXECUTE FUNCTION trades_refuse('only an open trade can be sold');
