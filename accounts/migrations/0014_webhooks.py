"""Webhooks: addresses of people's programs, and the news that wait for them."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql" / "webhooks"


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_back_office"),
    ]

    operations = [
        migrations.CreateModel(
            name="WebhookEndpoint",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("url", models.CharField(max_length=1000, verbose_name="address")),
                (
                    "events",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=30), size=None, verbose_name="events"
                    ),
                ),
                ("encrypted_secret", models.TextField()),
                ("made_at", models.DateTimeField(verbose_name="made")),
                ("failing_since", models.DateTimeField(null=True, verbose_name="failing since")),
                ("off_at", models.DateTimeField(null=True, verbose_name="switched off")),
                ("removed_at", models.DateTimeField(null=True)),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to=settings.AUTH_USER_MODEL
                    ),
                ),
            ],
            options={
                "verbose_name": "webhook",
                "verbose_name_plural": "webhooks",
                "db_table": "webhook_endpoints",
            },
        ),
        migrations.CreateModel(
            name="WebhookMessage",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("event", models.CharField(max_length=30, verbose_name="event")),
                ("reference", models.UUIDField()),
                ("made_at", models.DateTimeField(verbose_name="time")),
                (
                    "state",
                    models.CharField(
                        choices=[("waiting", "waiting"), ("delivered", "delivered"), ("failed", "failed")],
                        db_default="waiting",
                        default="waiting",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("tries", models.PositiveSmallIntegerField(db_default=0, default=0, verbose_name="tries")),
                ("next_try_at", models.DateTimeField(null=True, verbose_name="next try")),
                ("tried_at", models.DateTimeField(null=True, verbose_name="last try")),
                ("status", models.PositiveSmallIntegerField(null=True, verbose_name="answer")),
                (
                    "fault",
                    models.CharField(blank=True, db_default="", default="", max_length=200, verbose_name="fault"),
                ),
                (
                    "endpoint",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="accounts.webhookendpoint",
                    ),
                ),
            ],
            options={
                "db_table": "webhook_messages",
            },
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "waiting")), fields=["next_try_at"], name="webhook_messages_due"
            ),
        ),
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(fields=["endpoint", "-made_at"], name="webhook_messages_log"),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=models.UniqueConstraint(fields=("endpoint", "event", "reference"), name="an_event_is_told_once"),
        ),
        migrations.AddConstraint(
            model_name="webhookmessage",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("next_try_at__isnull", False), ("state", "waiting")),
                    models.Q(models.Q(("state", "waiting"), _negated=True), ("next_try_at", None)),
                    _connector="OR",
                ),
                name="a_waiting_message_has_a_next_try",
            ),
        ),
        migrations.RunSQL(
            (SQL / "webhooks_are_audited.sql").read_text(), "DROP TRIGGER webhooks_are_audited ON webhook_endpoints"
        ),
    ]
