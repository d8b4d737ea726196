"""The limits that traders set themselves, and exclusions. The database holds everybody to them."""

from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "limits/limits_refuse.sql": "DROP FUNCTION limits_refuse",
    "limits/limits_rise_slowly.sql": "DROP FUNCTION limits_rise_slowly CASCADE",
    "limits/limits_keep_their_wallet.sql": "DROP TRIGGER limits_keep_their_wallet ON trading_limits",
    "limits/limits_are_kept.sql": "DROP TRIGGER limits_are_kept ON trading_limits",
    "limits/exclusions_cannot_be_lifted.sql": "DROP TRIGGER exclusions_cannot_be_lifted ON exclusions",
}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0005_payments")]
    operations = [
        migrations.CreateModel(
            name="TradingLimit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "user",
                    models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="limits", db_index=False),
                ),
                (
                    "kind",
                    models.CharField(
                        max_length=12,
                        choices=[
                            ("stake", "stake"),
                            ("loss", "loss"),
                            ("turnover", "turnover"),
                            ("deposit", "deposit"),
                            ("open_trades", "open_trades"),
                            ("balance", "balance"),
                            ("session", "session"),
                        ],
                        verbose_name="kind",
                    ),
                ),
                ("currency", models.CharField(max_length=10, blank=True, verbose_name="currency")),
                ("demo", models.BooleanField(verbose_name="demo")),
                ("period_days", models.PositiveSmallIntegerField(default=0, verbose_name="days")),
                ("amount", models.DecimalField(null=True, verbose_name="amount", **MONEY)),
                ("next_amount", models.DecimalField(null=True, verbose_name="next amount", **MONEY)),
                ("next_from", models.DateTimeField(null=True, verbose_name="next from")),
                ("changed_at", models.DateTimeField(verbose_name="changed")),
            ],
            options={
                "db_table": "trading_limits",
                "verbose_name": "trading limit",
                "verbose_name_plural": "trading limits",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["user", "kind", "currency", "demo", "period_days"], name="one_limit_each"
                    ),
                    models.CheckConstraint(
                        condition=Q(kind__in=("loss", "turnover", "deposit"), period_days__in=(1, 7, 30))
                        | Q(kind__in=["stake", "open_trades", "balance", "session"], period_days=0),
                        name="limit_kind_and_period",
                    ),
                    models.CheckConstraint(
                        condition=Q(amount=None) | Q(amount__gte=0, amount__lt=10**12), name="limit_is_a_number"
                    ),
                    models.CheckConstraint(
                        condition=Q(next_amount=None) | Q(next_amount__gte=0, next_amount__lt=10**12),
                        name="next_limit_is_a_number",
                    ),
                    models.CheckConstraint(
                        condition=Q(next_amount=None) | Q(next_from__isnull=False), name="a_next_limit_has_its_time"
                    ),
                    models.CheckConstraint(
                        condition=Q(currency="", demo=False, kind="session")
                        | Q(currency__gt="", demo=False, kind="deposit")
                        | (~Q(kind__in=["session", "deposit"]) & Q(currency__gt="")),
                        name="limit_belongs_to_a_wallet",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Exclusion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("user", models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="exclusions")),
                (
                    "kind",
                    models.CharField(
                        max_length=14,
                        choices=[("time_out", "time-out"), ("self_exclusion", "self-exclusion")],
                        verbose_name="kind",
                    ),
                ),
                ("starts_at", models.DateTimeField(verbose_name="from")),
                ("ends_at", models.DateTimeField(verbose_name="until")),
            ],
            options={
                "db_table": "exclusions",
                "verbose_name": "exclusion",
                "verbose_name_plural": "exclusions",
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(kind__in=["time_out", "self_exclusion"]), name="exclusion_kind_is_known"
                    ),
                    models.CheckConstraint(condition=Q(starts_at__lt=F("ends_at")), name="an_exclusion_lasts"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
