-- A webhook takes a person's data to an address: who made, switched off or removed one stands in the audit.
CREATE OR REPLACE TRIGGER webhooks_are_audited AFTER INSERT OR UPDATE OR DELETE ON webhook_endpoints
    FOR EACH ROW EXECUTE FUNCTION audit_record('{encrypted_secret}', '{failing_since}');
