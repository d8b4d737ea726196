-- Removes old logins from the history: the one way in which logins are removed.
--
-- Looks at the next `most` logins after `after`, which ascend with time, and says the last old one that it saw and how
-- many it removed; no last one means that no old one is left. Keeps the newest 200 of each person, by which a strange
-- device or address is known, and all of the last 90 days. Works as the owner: no login may delete from the table, so
-- an intruder can't wipe the traces.
CREATE OR REPLACE FUNCTION prune_logins(
    before timestamptz, after bigint, most integer, OUT last bigint, OUT removed bigint
)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    IF before > now() - interval '90 days' THEN
        RAISE EXCEPTION 'logins of the last 90 days are kept'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'young_logins_are_kept', TABLE = 'logins';
    END IF;
    WITH looked AS (
        SELECT id, user_id, at FROM logins WHERE id > after ORDER BY id LIMIT most
    ),
    old AS (
        SELECT id, user_id FROM looked WHERE at < before
    ),
    gone AS (
        DELETE FROM logins l USING old o
        WHERE l.id = o.id AND EXISTS (
            SELECT FROM logins n WHERE n.user_id = o.user_id AND n.id > o.id ORDER BY n.id DESC OFFSET 199 LIMIT 1
        )
        RETURNING l.id
    )
    SELECT (SELECT max(id) FROM old), (SELECT count(*) FROM gone) INTO last, removed;
END $$;

REVOKE ALL ON FUNCTION prune_logins FROM PUBLIC;
