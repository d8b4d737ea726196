"""The restores that made this database, and the drills that show that a backup can be restored."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "restores/restores_are_for_ever.sql": "DROP TRIGGER restores_are_for_ever ON restores",
    "restores/audit.sql": "DROP TRIGGER audit ON restores",
}


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0001_backups"), ("accounts", "0008_audit")]
    operations = [
        migrations.CreateModel(
            name="Restore",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("restored_at", models.DateTimeField(verbose_name="restored")),
                ("state_at", models.DateTimeField(verbose_name="state of")),
                ("source", models.CharField(max_length=200, verbose_name="source")),
                ("kept_as", models.CharField(blank=True, max_length=63, verbose_name="the database before it")),
                ("prices_carried", models.BigIntegerField(default=0, verbose_name="prices carried over")),
                ("lost", models.JSONField(default=list, verbose_name="lost")),
            ],
            options={
                "db_table": "restores",
                "ordering": ["-id"],
                "verbose_name": "restore",
                "verbose_name_plural": "restores",
            },
        ),
        migrations.CreateModel(
            name="RestoreDrill",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("backup", models.CharField(max_length=40, verbose_name="backup")),
                ("started_at", models.DateTimeField(db_index=True, verbose_name="started")),
                ("seconds", models.FloatField(verbose_name="seconds")),
                ("recoverable_at", models.DateTimeField(null=True, verbose_name="recoverable until")),
                ("failure", models.TextField(blank=True, default="", verbose_name="failure")),
            ],
            options={
                "db_table": "restore_drills",
                "ordering": ["-id"],
                "verbose_name": "restore drill",
                "verbose_name_plural": "restore drills",
                "constraints": [models.CheckConstraint(condition=Q(seconds__gte=0), name="a_drill_takes_time")],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
