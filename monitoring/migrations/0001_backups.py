"""The runs that make backups."""

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    initial = True
    dependencies = [migrations.swappable_dependency(settings.AUTH_USER_MODEL)]
    operations = [
        migrations.CreateModel(
            name="BackupRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("name", models.CharField(max_length=40, unique=True, verbose_name="name")),
                (
                    "state",
                    models.CharField(
                        choices=[("running", "running"), ("done", "done"), ("failed", "failed")],
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("host", models.CharField(max_length=255, verbose_name="host")),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=models.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="asked by",
                    ),
                ),
                ("started_at", models.DateTimeField(db_index=True, verbose_name="started")),
                ("ended_at", models.DateTimeField(null=True, verbose_name="ended")),
                ("bytes_written", models.BigIntegerField(default=0, verbose_name="bytes written")),
                ("bytes_expected", models.BigIntegerField(null=True, verbose_name="bytes expected")),
                ("encrypted", models.BooleanField(default=False, verbose_name="encrypted")),
                ("warnings", models.JSONField(default=list, verbose_name="warnings")),
                ("failure", models.TextField(blank=True, default="", verbose_name="failure")),
                ("copied_at", models.DateTimeField(null=True, verbose_name="copied elsewhere")),
                ("copy_failure", models.TextField(blank=True, default="", verbose_name="failure of the copy")),
                ("removed_at", models.DateTimeField(null=True, verbose_name="removed")),
                ("verified_at", models.DateTimeField(null=True, verbose_name="verified")),
            ],
            options={
                "db_table": "backup_runs",
                "verbose_name": "backup",
                "verbose_name_plural": "backups",
                "ordering": ["-started_at"],
                "permissions": [("make_backup", "Can start a backup")],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(state__in=["running", "done", "failed"]), name="backup_state_is_known"
                    ),
                    models.CheckConstraint(
                        condition=Q(state="running", ended_at__isnull=True)
                        | (~Q(state="running") & Q(ended_at__isnull=False)),
                        name="a_backup_ends_once",
                    ),
                    models.CheckConstraint(
                        condition=(Q(state="failed") & ~Q(failure="")) | (~Q(state="failed") & Q(failure="")),
                        name="only_a_failed_backup_has_a_failure",
                    ),
                    models.CheckConstraint(condition=Q(bytes_written__gte=0), name="a_backup_has_no_negative_size"),
                ],
            },
        ),
    ]
