"""The people who use the platform: traders and staff."""

from django.db import migrations, models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils import timezone


class Migration(migrations.Migration):
    initial = True
    dependencies = [("auth", "0012_alter_user_first_name_max_length")]
    operations = [
        migrations.CreateModel(
            name="User",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                ("email", models.EmailField(max_length=254, verbose_name="email")),
                (
                    "locale",
                    models.CharField(
                        max_length=5, choices=[("en", "English"), ("ko", "Korean")], verbose_name="language"
                    ),
                ),
                (
                    "time_zone",
                    models.CharField(
                        max_length=64, blank=True, default="", help_text="Empty: the device's", verbose_name="time zone"
                    ),
                ),
                (
                    "colours",
                    models.CharField(
                        max_length=8,
                        default="language",
                        choices=[
                            ("language", "By the language"),
                            ("korea", "Up is red, down is blue"),
                            ("world", "Up is green, down is red"),
                        ],
                        verbose_name="colours",
                    ),
                ),
                ("sounds", models.BooleanField(default=False, verbose_name="sounds")),
                (
                    "reality_check_minutes",
                    models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="reality check"),
                ),
                ("is_active", models.BooleanField(default=True, verbose_name="active")),
                ("is_staff", models.BooleanField(default=False, verbose_name="staff")),
                ("frozen_at", models.DateTimeField(null=True, editable=False, verbose_name="frozen")),
                ("closed_at", models.DateTimeField(null=True, editable=False, verbose_name="closed")),
                (
                    "second_factor_removed_at",
                    models.DateTimeField(null=True, editable=False, verbose_name="second factor removed"),
                ),
                ("joined_at", models.DateTimeField(default=timezone.now, editable=False, verbose_name="joined")),
                (
                    "groups",
                    models.ManyToManyField(
                        "auth.group",
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        "auth.permission",
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "db_table": "users",
                "verbose_name": "user",
                "verbose_name_plural": "users",
                "constraints": [
                    models.UniqueConstraint(Lower("email"), name="idx_users_email"),
                    models.CheckConstraint(
                        condition=Q(closed_at=None, frozen_at=None, is_active=True)
                        | Q(frozen_at__isnull=False, is_active=False)
                        | Q(closed_at__isnull=False, is_active=False),
                        name="inactive_is_frozen_or_closed",
                    ),
                ],
            },
        ),
    ]
