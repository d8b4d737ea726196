-- An account starts without money: all of it comes by transfers.
CREATE OR REPLACE TRIGGER accounts_start_empty BEFORE INSERT ON ledger_accounts
    FOR EACH ROW WHEN (NEW.balance <> 0 OR NEW.held <> 0)
    EXECUTE FUNCTION ledger_refuse('an account starts empty');
