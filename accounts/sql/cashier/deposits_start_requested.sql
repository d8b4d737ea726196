-- No deposit starts as paid.
CREATE OR REPLACE TRIGGER deposits_start_requested BEFORE INSERT ON deposits
    FOR EACH ROW WHEN (NEW.state <> 'requested')
    EXECUTE FUNCTION ledger_refuse('a deposit starts requested');
