-- A limit is never deleted: it is removed by raising it, and a raise waits.
CREATE OR REPLACE TRIGGER limits_are_kept BEFORE DELETE ON trading_limits
    FOR EACH STATEMENT EXECUTE FUNCTION limits_refuse('a limit is removed by raising it, after a day');
