-- Changes of these tables leave events: what staff write, take, export and announce.
CREATE OR REPLACE TRIGGER audit AFTER INSERT ON person_notes
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON work_claims
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT ON list_exports
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
CREATE OR REPLACE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON announcements
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
