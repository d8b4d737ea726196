-- Changes of these tables leave events.
--
-- Trades, their corrections and prices leave none: they are guarded, and are their own history. Arguments: secret
-- columns, unheeded columns.
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON instruments
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');

-- Payouts are only ever added.
CREATE OR REPLACE TRIGGER audit AFTER INSERT ON payout_versions
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');

CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON signing_keys
    FOR EACH ROW EXECUTE FUNCTION audit_record('{sealed_private_key}', '{}');
