-- Writes an event for each row of an audited table that any program makes, changes or deletes.
--
-- The trigger's first argument names the columns whose values are never kept, the second one the columns that change
-- all the time and say nothing. pghistory hands the context (who is signed in, from where) to the database with each
-- statement. Works as the tables' owner: no login needs the right to write an event.
CREATE OR REPLACE FUNCTION audit_record() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    secrets text[] := TG_ARGV[0];
    unheeded text[] := TG_ARGV[1];
    old_row jsonb;
    new_row jsonb;
    whole jsonb;
    secret text;
    context jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF TG_OP <> 'INSERT' THEN
        old_row := to_jsonb(OLD) - unheeded;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        new_row := to_jsonb(NEW) - unheeded;
    END IF;
    whole := coalesce(old_row, new_row);
    -- Of a change, only the columns that changed.
    IF TG_OP = 'UPDATE' THEN
        IF old_row = new_row THEN
            RETURN NULL;
        END IF;
        SELECT jsonb_object_agg(key, value), jsonb_object_agg(key, new_row -> key) INTO old_row, new_row
        FROM jsonb_each(old_row) WHERE value IS DISTINCT FROM new_row -> key;
    END IF;
    FOREACH secret IN ARRAY secrets LOOP
        old_row := CASE WHEN old_row ? secret THEN jsonb_set(old_row, ARRAY[secret], '"(hidden)"') ELSE old_row END;
        new_row := CASE WHEN new_row ? secret THEN jsonb_set(new_row, ARRAY[secret], '"(hidden)"') ELSE new_row END;
    END LOOP;
    INSERT INTO audit_events
        (at, "table", object_id, operation, before, after, person_id, actor_id, context, program, database_user)
    VALUES (
        clock_timestamp(), TG_TABLE_NAME, whole ->> 'id', TG_OP, old_row, new_row,
        (CASE TG_TABLE_NAME WHEN 'users' THEN whole ->> 'id'
            ELSE coalesce(whole ->> 'user_id', whole ->> 'person_id') END)::bigint,
        CASE WHEN context ->> 'user' ~ '^[0-9]{1,18}$' THEN (context ->> 'user')::bigint END,
        context, current_setting('application_name'), session_user
    );
    RETURN NULL;
END $$;

-- A login that may call it could hang it on a table of its own, and write events by it.
REVOKE ALL ON FUNCTION audit_record FROM PUBLIC;
