-- An announcement is withdrawn, not deleted.
CREATE OR REPLACE TRIGGER announcements_are_kept BEFORE DELETE ON announcements
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('announcements are kept');
