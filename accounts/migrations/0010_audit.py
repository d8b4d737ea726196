"""Whatever changes in the tables below leaves an event, whoever changes it and however; events are for ever.

The context of a change (who is signed in, from where) is what pghistory hands to the database with each statement.
"""

from collections.abc import Iterator

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

RECORD = """
CREATE FUNCTION audit_record() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    secrets text[] := TG_ARGV[0];  -- their values are never kept
    unheeded text[] := TG_ARGV[1];  -- what changes all the time and says nothing
    old_row jsonb;
    new_row jsonb;
    whole jsonb;
    secret text;
    context jsonb := nullif(current_setting('pghistory.context_metadata', true), '');
BEGIN
    IF TG_OP <> 'INSERT' THEN old_row := to_jsonb(OLD) - unheeded; END IF;
    IF TG_OP <> 'DELETE' THEN new_row := to_jsonb(NEW) - unheeded; END IF;
    whole := coalesce(old_row, new_row);
    IF TG_OP = 'UPDATE' THEN
        IF old_row = new_row THEN RETURN NULL; END IF;
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
        (CASE TG_TABLE_NAME WHEN 'users' THEN whole ->> 'id' ELSE whole ->> 'user_id' END)::bigint,
        CASE WHEN context ->> 'user' ~ '^[0-9]{1,18}$' THEN (context ->> 'user')::bigint END,
        context, current_setting('application_name'), session_user
    );
    RETURN NULL;
END $$;
"""

UNRECORD = "DROP FUNCTION audit_record;"

GUARD = """
CREATE TRIGGER events_are_for_ever BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('events are for ever');
CREATE TRIGGER events_are_not_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('events are for ever');
"""

UNGUARD = """
DROP TRIGGER events_are_for_ever ON audit_events;
DROP TRIGGER events_are_not_emptied ON audit_events;
"""

AUDITED = {
    # table: (secrets, unheeded)
    "users": ("password", "last_login"),
    "users_groups": ("", ""),
    "users_user_permissions": ("", ""),
    "auth_group": ("", ""),
    "auth_group_permissions": ("", ""),
    "account_emailaddress": ("", ""),
    "mfa_authenticator": ("data", "last_used_at"),
    "api_keys": ("secret_hash,encrypted_secret", "last_used_at,last_used_from"),
    "cashier_terms": ("", ""),
    "trading_limits": ("", ""),
    "exclusions": ("", ""),
    "beneficiaries": ("", ""),
    "deposits": ("", ""),
    "withdrawals": ("", ""),
    "approval_requests": ("", ""),
    "approval_decisions": ("", ""),
}


def triggers() -> Iterator[migrations.RunSQL]:
    for table, (secrets, unheeded) in AUDITED.items():
        yield migrations.RunSQL(
            f"CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table}"
            f" FOR EACH ROW EXECUTE FUNCTION audit_record('{{{secrets}}}', '{{{unheeded}}}')",
            f"DROP TRIGGER audit ON {table}",
        )


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0009_second_factor_removed"),
        ("account", "0001_initial"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]

    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="time")),
                ("table", models.CharField(max_length=63, verbose_name="what")),
                ("object_id", models.CharField(max_length=40, verbose_name="id")),
                (
                    "operation",
                    models.CharField(
                        choices=[("INSERT", "made"), ("UPDATE", "changed"), ("DELETE", "deleted")],
                        max_length=6,
                        verbose_name="how",
                    ),
                ),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                ("context", models.JSONField(null=True, verbose_name="from")),
                ("program", models.CharField(max_length=63, verbose_name="program")),
                ("database_user", models.CharField(max_length=63, verbose_name="database user")),
                (
                    "actor",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
                (
                    "person",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="about",
                    ),
                ),
            ],
            options={
                "verbose_name": "audit event",
                "verbose_name_plural": "audit",
                "db_table": "audit_events",
                "indexes": [
                    models.Index(fields=["table", "object_id", "-id"], name="audit_by_object"),
                    models.Index(fields=["person", "-id"], name="audit_by_person"),
                    models.Index(fields=["actor", "-id"], name="audit_by_actor"),
                    models.Index(fields=["at"], name="audit_by_time"),
                ],
            },
        ),
        migrations.RunSQL(RECORD, UNRECORD),
        migrations.RunSQL(GUARD, UNGUARD),
        *triggers(),
    ]
