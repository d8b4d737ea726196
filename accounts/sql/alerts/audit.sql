-- Answers to alerts leave events, as all that staff write.
CREATE OR REPLACE TRIGGER audit AFTER INSERT ON alert_answers
    FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');
