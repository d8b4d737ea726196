-- An account is never deleted. (Transfers have no foreign keys to accounts.)
CREATE OR REPLACE TRIGGER accounts_are_kept BEFORE DELETE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('accounts are kept');
