-- A provider's message is kept as it came.
CREATE OR REPLACE TRIGGER deliveries_never_change BEFORE UPDATE OR DELETE ON webhook_deliveries
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('webhook deliveries are kept as they came');
