-- A signing key is never deleted: its signatures can be checked for ever.
CREATE OR REPLACE TRIGGER keys_are_kept BEFORE DELETE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('keys are kept: what they signed must be checked for ever');
