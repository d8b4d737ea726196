-- Only the trigger of the transfers, whose depth is not 0, writes a balance, a held amount or a revision.
CREATE OR REPLACE TRIGGER only_transfers_change_balances BEFORE UPDATE ON ledger_accounts
    FOR EACH ROW WHEN (
        (OLD.balance, OLD.held, OLD.revision) IS DISTINCT FROM (NEW.balance, NEW.held, NEW.revision)
        AND pg_trigger_depth() = 0
    )
    EXECUTE FUNCTION ledger_refuse('only transfers change balances');
