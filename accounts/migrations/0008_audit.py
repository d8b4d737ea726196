"""The audit: triggers write an event for each change of the audited tables (docs/decisions/0015)."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
AUDITED = (
    "users", "users_groups", "users_user_permissions", "auth_group", "auth_group_permissions", "account_emailaddress",
    "mfa_authenticator", "api_keys", "cashier_terms", "beneficiaries", "deposits", "withdrawals", "trading_limits",
    "exclusions", "approval_requests", "approval_decisions",
)  # fmt: skip
OBJECTS = {
    "audit/audit_record.sql": "DROP FUNCTION audit_record",
    "audit/events_are_for_ever.sql": "DROP TRIGGER events_are_for_ever ON audit_events",
    "audit/events_are_not_emptied.sql": "DROP TRIGGER events_are_not_emptied ON audit_events",
    "audit/audit.sql": "; ".join(f"DROP TRIGGER audit ON {table}" for table in AUDITED),
}


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0007_approvals"),
        ("account", "0001_initial"),
        ("mfa", "0003_authenticator_type_uniq"),
    ]
    operations = [
        migrations.CreateModel(
            name="AuditEvent",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("at", models.DateTimeField(verbose_name="time")),
                ("table", models.CharField(max_length=63, verbose_name="subject")),
                ("object_id", models.CharField(max_length=40, verbose_name="id")),
                (
                    "operation",
                    models.CharField(
                        max_length=6,
                        choices=[("INSERT", "made"), ("UPDATE", "changed"), ("DELETE", "deleted")],
                        verbose_name="operation",
                    ),
                ),
                ("before", models.JSONField(null=True, verbose_name="before")),
                ("after", models.JSONField(null=True, verbose_name="after")),
                (
                    "person",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.DO_NOTHING,
                        null=True,
                        related_name="+",
                        db_index=False,
                        db_constraint=False,
                        verbose_name="about",
                    ),
                ),
                (
                    "actor",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.DO_NOTHING,
                        null=True,
                        related_name="+",
                        db_index=False,
                        db_constraint=False,
                        verbose_name="by",
                    ),
                ),
                ("context", models.JSONField(null=True, verbose_name="from")),
                ("program", models.CharField(max_length=63, verbose_name="program")),
                ("database_user", models.CharField(max_length=63, verbose_name="database user")),
            ],
            options={
                "db_table": "audit_events",
                "verbose_name": "audit event",
                "verbose_name_plural": "audit",
                "indexes": [
                    models.Index(fields=["table", "object_id", "-id"], name="audit_by_object"),
                    models.Index(fields=["person", "-id"], name="audit_by_person"),
                    models.Index(fields=["actor", "-id"], name="audit_by_actor"),
                    models.Index(fields=["at"], name="audit_by_time"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
