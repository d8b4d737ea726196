"""The ways in: logins, API keys with their spent signatures, and tallies of failed attempts."""

from pathlib import Path

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_people")]
    operations = [
        migrations.CreateModel(
            name="Login",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="logins", db_index=False),
                ),
                ("at", models.DateTimeField(verbose_name="time")),
                (
                    "method",
                    models.CharField(
                        max_length=10,
                        choices=[("password", "password"), ("passkey", "passkey"), ("token", "token for an app")],
                        verbose_name="method",
                    ),
                ),
                ("succeeded", models.BooleanField(verbose_name="succeeded")),
                ("address", models.GenericIPAddressField(null=True, verbose_name="address")),
                ("device", models.CharField(max_length=400, blank=True, verbose_name="device")),
            ],
            options={
                "db_table": "logins",
                "verbose_name": "login",
                "verbose_name_plural": "logins",
                "indexes": [
                    models.Index(fields=["user", "-id"], name="logins_of_a_user"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ApiKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="api_keys")),
                ("name", models.CharField(max_length=60, verbose_name="name")),
                ("prefix", models.CharField(max_length=16, unique=True, verbose_name="prefix")),
                ("secret_hash", models.CharField(max_length=64)),
                ("encrypted_secret", models.TextField(blank=True)),
                (
                    "scopes",
                    ArrayField(
                        models.CharField(
                            max_length=10, choices=[("read", "read"), ("trade", "trade"), ("withdraw", "withdraw")]
                        ),
                        verbose_name="scopes",
                    ),
                ),
                (
                    "networks",
                    ArrayField(models.CharField(max_length=43), blank=True, default=list, verbose_name="addresses"),
                ),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("expires_at", models.DateTimeField(null=True, verbose_name="expires")),
                ("last_used_at", models.DateTimeField(null=True, verbose_name="last used")),
                ("last_used_from", models.GenericIPAddressField(null=True, verbose_name="last used from")),
                ("revoked_at", models.DateTimeField(null=True, verbose_name="revoked")),
            ],
            options={
                "db_table": "api_keys",
                "verbose_name": "API key",
                "verbose_name_plural": "API keys",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(scopes__contained_by=["read", "trade", "withdraw"], scopes__len__gte=1),
                        name="scopes_are_known",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SpentSignature",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("key", models.ForeignKey("accounts.apikey", models.CASCADE, db_index=False)),
                ("signature", models.CharField(max_length=64)),
                ("spent_at", models.DateTimeField(db_index=True)),
            ],
            options={
                "db_table": "spent_signatures",
                "constraints": [
                    models.UniqueConstraint(fields=["key", "signature"], name="a_signature_is_spent_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="AttemptTally",
            fields=[
                ("subject", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("failures", models.PositiveIntegerField(default=0)),
                ("last_at", models.DateTimeField(db_index=True)),
                ("locked_until", models.DateTimeField(null=True)),
            ],
            options={
                "db_table": "attempt_tallies",
                "constraints": [
                    models.CheckConstraint(condition=Q(failures__gte=0), name="failures_are_counted"),
                ],
            },
        ),
        migrations.RunSQL((SQL / "access/prune_logins.sql").read_text(), "DROP FUNCTION prune_logins"),
    ]
