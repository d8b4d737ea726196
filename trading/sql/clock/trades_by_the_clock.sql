-- No trade enters, ends or is sold by a second that the database's clock has not reached; clocks may differ by 1 s.
--
-- A worker whose clock runs ahead would end the grace of trades under way, and void them.
CREATE OR REPLACE TRIGGER trades_by_the_clock BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (
        NEW.state <> OLD.state
        AND CASE
            WHEN NEW.state = 'open' OR NEW.void_reason = 'no-entry-price' THEN NEW.entry_at
            WHEN NEW.outcome = 'sold' THEN NEW.sold_priced_at
            ELSE NEW.expires_at
        END > clock_timestamp() + interval '1 second'
    )
    EXECUTE FUNCTION trades_refuse('its second has not come');
