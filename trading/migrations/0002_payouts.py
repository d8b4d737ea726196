"""Payouts have versions, which are only ever added: a trade names the version under which it was accepted."""

from decimal import Decimal
from pathlib import Path

from django.conf import settings
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "payouts/payouts_begin.sql": "DROP FUNCTION payouts_begin CASCADE",
    "payouts/payouts_check.sql": "DROP FUNCTION payouts_check CASCADE",
    "payouts/payouts_check_clock.sql": "DROP FUNCTION payouts_check_clock CASCADE",
    "payouts/payouts_refuse.sql": "DROP FUNCTION payouts_refuse CASCADE",
}


class Migration(migrations.Migration):
    dependencies = [("trading", "0001_instruments")]
    operations = [
        migrations.CreateModel(
            name="PayoutVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instrument",
                    models.ForeignKey("trading.instrument", models.PROTECT, db_index=False, verbose_name="instrument"),
                ),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "rate",
                    models.DecimalField(
                        max_digits=5,
                        decimal_places=4,
                        default=Decimal("0.85"),
                        db_default=Decimal("0.85"),
                        help_text="0.85: a win gains 85 %",
                        verbose_name="payout rate",
                    ),
                ),
                (
                    "rates",
                    models.JSONField(blank=True, default=dict, db_default={}, verbose_name="rates of single durations"),
                ),
                (
                    "skew_max",
                    models.DecimalField(
                        max_digits=5,
                        decimal_places=4,
                        default=Decimal("0"),
                        db_default=Decimal("0"),
                        verbose_name="largest skew",
                    ),
                ),
                (
                    "skew_scale",
                    models.DecimalField(
                        max_digits=20,
                        decimal_places=2,
                        blank=True,
                        null=True,
                        verbose_name="imbalance of the largest skew",
                    ),
                ),
                (
                    "edge_min",
                    models.DecimalField(
                        max_digits=5,
                        decimal_places=4,
                        default=Decimal("0"),
                        db_default=Decimal("0"),
                        verbose_name="least house edge",
                    ),
                ),
                ("effective_from", models.DateTimeField(verbose_name="in force from")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                (
                    "made_by",
                    models.ForeignKey(
                        settings.AUTH_USER_MODEL,
                        models.PROTECT,
                        null=True,
                        related_name="+",
                        db_index=False,
                        verbose_name="by",
                    ),
                ),
                ("reason", models.CharField(max_length=1000, default="", db_default="", verbose_name="reason")),
            ],
            options={
                "db_table": "payout_versions",
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "constraints": [
                    models.UniqueConstraint(fields=["instrument", "version"], name="one_payout_a_version"),
                    models.CheckConstraint(condition=Q(rate__gt=0, rate__lte=5), name="payout_rate_makes_sense"),
                    models.CheckConstraint(
                        condition=Q(skew_max__gte=0, skew_max__lt=F("rate")), name="skew_leaves_something_to_win"
                    ),
                    models.CheckConstraint(
                        condition=Q(skew_max=0, skew_scale=None)
                        | Q(skew_scale__gt=0, skew_scale__isnull=False, skew_scale__lt=10**12),
                        name="skew_has_a_scale",
                    ),
                    models.CheckConstraint(
                        condition=Q(edge_min__gte=-2, edge_min__lt=Decimal("0.5")), name="edge_min_makes_sense"
                    ),
                    models.CheckConstraint(
                        condition=Q(rate__lte=1 - 2 * F("edge_min") - F("skew_max")), name="payout_leaves_the_edge"
                    ),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
