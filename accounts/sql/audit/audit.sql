-- Changes of these tables leave events: who somebody is and what they may do, the cashier, limits, approvals.
--
-- Transfers leave none: they are guarded, and are their own history. Arguments: secret columns, unheeded columns.
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON users
    FOR EACH ROW EXECUTE FUNCTION audit_record('{password}', '{last_login}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON users_groups
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON users_user_permissions
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON auth_group
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON auth_group_permissions
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');

CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON account_emailaddress
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON mfa_authenticator
    FOR EACH ROW EXECUTE FUNCTION audit_record('{data}', '{last_used_at}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON api_keys
    FOR EACH ROW EXECUTE FUNCTION audit_record('{secret_hash,encrypted_secret}', '{last_used_at,last_used_from}');

CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON cashier_terms
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON beneficiaries
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON deposits
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON withdrawals
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');

CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON trading_limits
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON exclusions
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON approval_requests
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON approval_decisions
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
