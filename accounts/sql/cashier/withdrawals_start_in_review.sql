-- No withdrawal starts as approved.
CREATE OR REPLACE TRIGGER withdrawals_start_in_review BEFORE INSERT ON withdrawals
    FOR EACH ROW WHEN (NEW.state <> 'review')
    EXECUTE FUNCTION ledger_refuse('a withdrawal starts in review');
