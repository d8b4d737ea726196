-- A signing key never changes, but retires, once.
CREATE OR REPLACE TRIGGER keys_only_retire BEFORE UPDATE ON signing_keys
    FOR EACH ROW WHEN (
        OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL
        OR (OLD.id, OLD.kid, OLD.algorithm, OLD.public_key, OLD.created_at)
           IS DISTINCT FROM (NEW.id, NEW.kid, NEW.algorithm, NEW.public_key, NEW.created_at)
    )
    EXECUTE FUNCTION ledger_refuse('a key only retires, once');
