-- A beneficiary is never deleted: withdrawals name it.
CREATE OR REPLACE TRIGGER beneficiaries_are_kept BEFORE DELETE ON beneficiaries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('beneficiaries are kept');
