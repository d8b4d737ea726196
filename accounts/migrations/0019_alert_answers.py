"""Staff answer alerts: what they have found and done."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "alerts/answers_are_for_ever.sql": "DROP TRIGGER answers_are_for_ever ON alert_answers",
    "alerts/audit.sql": "DROP TRIGGER audit ON alert_answers",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_limits_of_keys")]

    operations = [
        migrations.CreateModel(
            name="AlertAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("subject", models.CharField(max_length=120, verbose_name="alert")),
                ("text", models.TextField(verbose_name="found and done")),
                ("answered_at", models.DateTimeField(verbose_name="answered")),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "answer to an alert",
                "verbose_name_plural": "answers to alerts",
                "db_table": "alert_answers",
                "default_permissions": ("add",),
            },
        ),
        migrations.AddIndex(
            model_name="alertanswer",
            index=models.Index(fields=["answered_at"], name="alert_answers_by_time"),
        ),
        migrations.AddIndex(
            model_name="alertanswer",
            index=models.Index(fields=["subject", "-answered_at"], name="alert_answers_by_alert"),
        ),
        migrations.AddConstraint(
            model_name="alertanswer",
            constraint=models.CheckConstraint(
                condition=models.Q(("text__regex", "\\S")), name="an_answer_says_something"
            ),
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
