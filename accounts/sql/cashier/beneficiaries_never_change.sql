-- A beneficiary never changes: a changed address would not have waited its 24 hours. It can be removed, once.
CREATE OR REPLACE TRIGGER beneficiaries_never_change BEFORE UPDATE ON beneficiaries
    FOR EACH ROW WHEN (
        (OLD.id, OLD.user_id, OLD.currency, OLD.label, OLD.address, OLD.created_at, OLD.usable_from)
        IS DISTINCT FROM
        (NEW.id, NEW.user_id, NEW.currency, NEW.label, NEW.address, NEW.created_at, NEW.usable_from)
        OR OLD.removed_at IS NOT NULL
    )
    EXECUTE FUNCTION ledger_refuse('a beneficiary never changes; it can be removed once');
