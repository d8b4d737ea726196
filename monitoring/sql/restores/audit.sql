-- A restore leaves an event: who ran it, and with which program.
CREATE OR REPLACE TRIGGER audit AFTER INSERT ON restores
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
