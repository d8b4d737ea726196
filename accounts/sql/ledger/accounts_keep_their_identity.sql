-- An account keeps its number, its kind, its owner, its currency and its book.
CREATE OR REPLACE TRIGGER accounts_keep_their_identity BEFORE UPDATE ON ledger_accounts
    FOR EACH ROW WHEN (
        (OLD.id, OLD.kind, OLD.owner_id, OLD.currency, OLD.demo)
        IS DISTINCT FROM
        (NEW.id, NEW.kind, NEW.owner_id, NEW.currency, NEW.demo)
    )
    EXECUTE FUNCTION ledger_refuse('an account keeps its owner, currency and book');
