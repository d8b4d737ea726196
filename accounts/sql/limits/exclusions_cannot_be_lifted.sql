-- An exclusion stands until its time is over: nobody shortens or deletes it.
CREATE OR REPLACE TRIGGER exclusions_cannot_be_lifted BEFORE UPDATE OR DELETE ON exclusions
    FOR EACH STATEMENT EXECUTE FUNCTION limits_refuse('an exclusion ends when its time is over');
