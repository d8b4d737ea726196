"""The instruments that are traded, or convert the prices of others."""

from decimal import Decimal
from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {"instruments/instruments_refuse.sql": "DROP FUNCTION instruments_refuse CASCADE"}
MONEY = {"max_digits": 20, "decimal_places": 8}


class Migration(migrations.Migration):
    initial = True
    dependencies = [("accounts", "0001_people")]
    operations = [
        migrations.CreateModel(
            name="Instrument",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "symbol",
                    models.CharField(
                        max_length=20,
                        unique=True,
                        validators=[
                            RegexValidator("^[A-Z0-9]{1,12}-[A-Z0-9]{1,7}$", "Like BTC-USDT: capitals and digits")
                        ],
                        verbose_name="symbol",
                    ),
                ),
                (
                    "currency",
                    models.CharField(
                        max_length=10,
                        default="USDT",
                        choices=[("USDT", "USDT"), ("USD", "USD"), ("KRW", "KRW"), ("BTC", "BTC")],
                        verbose_name="currency of the stake",
                    ),
                ),
                ("pip", models.DecimalField(verbose_name="pip", **MONEY)),
                (
                    "status",
                    models.CharField(
                        max_length=10,
                        default="open",
                        choices=[
                            ("open", "open"),
                            ("close_only", "close only"),
                            ("paused", "paused"),
                            ("retired", "retired"),
                        ],
                        verbose_name="status",
                    ),
                ),
                (
                    "stake_min",
                    models.DecimalField(
                        max_digits=20,
                        decimal_places=2,
                        default=1,
                        validators=[MinValueValidator(Decimal("0.01"))],
                        verbose_name="smallest stake",
                    ),
                ),
                (
                    "stake_max",
                    models.DecimalField(max_digits=20, decimal_places=2, default=1000, verbose_name="largest stake"),
                ),
                (
                    "durations",
                    ArrayField(
                        models.PositiveIntegerField(validators=[MinValueValidator(15), MaxValueValidator(86400)]),
                        verbose_name="durations in seconds",
                    ),
                ),
                (
                    "venues_min",
                    models.PositiveSmallIntegerField(
                        default=3, help_text="A live index needs this many fresh venues.", verbose_name="venues needed"
                    ),
                ),
                (
                    "status_reason",
                    models.CharField(
                        max_length=200, blank=True, default="", db_default="", verbose_name="reason of the status"
                    ),
                ),
                ("status_since", models.DateTimeField(blank=True, null=True, verbose_name="status since")),
                (
                    "liability_max",
                    models.DecimalField(
                        max_digits=20,
                        decimal_places=2,
                        blank=True,
                        null=True,
                        help_text="The most that all open trades together may gain, in each book. Empty: no cap.",
                        validators=[MinValueValidator(Decimal("0"))],
                        verbose_name="liability cap",
                    ),
                ),
                (
                    "bucket_liability_max",
                    models.DecimalField(
                        max_digits=20,
                        decimal_places=2,
                        blank=True,
                        null=True,
                        help_text="The most that the trades which expire in one minute may gain, in each book. Empty: no cap.",
                        validators=[MinValueValidator(Decimal("0"))],
                        verbose_name="liability cap per expiry minute",
                    ),
                ),
                (
                    "open_trades_max",
                    models.PositiveIntegerField(blank=True, null=True, verbose_name="open trades per trader"),
                ),
                (
                    "staked_max",
                    models.DecimalField(
                        max_digits=20,
                        decimal_places=2,
                        blank=True,
                        null=True,
                        validators=[MinValueValidator(Decimal("0"))],
                        verbose_name="stakes per trader and window",
                    ),
                ),
                (
                    "stake_window_seconds",
                    models.PositiveIntegerField(
                        default=3600,
                        db_default=3600,
                        validators=[MinValueValidator(1), MaxValueValidator(2592000)],
                        verbose_name="window of stakes in seconds",
                    ),
                ),
                (
                    "tradable",
                    models.BooleanField(
                        default=True,
                        help_text="Off for an index that only converts others, like USDT-USD: retired from the beginning.",
                        verbose_name="tradable",
                    ),
                ),
            ],
            options={
                "db_table": "instruments",
                "verbose_name": "instrument",
                "verbose_name_plural": "instruments",
                "ordering": ["id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=Q(symbol__regex="^[A-Z0-9]{1,12}-[A-Z0-9]{1,7}$"), name="symbol_is_well_formed"
                    ),
                    models.CheckConstraint(
                        condition=Q(currency__in=["USDT", "USD", "KRW", "BTC"]), name="currency_is_known"
                    ),
                    models.CheckConstraint(condition=Q(pip__gt=0, pip__lt=1000000), name="pip_is_positive"),
                    models.CheckConstraint(
                        condition=Q(stake_max__gte=F("stake_min"), stake_max__lt=10**12, stake_min__gt=0),
                        name="stake_bounds_make_sense",
                    ),
                    models.CheckConstraint(condition=Q(venues_min__gte=1), name="an_index_needs_a_venue"),
                    models.CheckConstraint(
                        condition=Q(liability_max=None) | Q(liability_max__gte=0, liability_max__lt=10**12),
                        name="liability_max_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(bucket_liability_max=None)
                        | Q(bucket_liability_max__gte=0, bucket_liability_max__lt=10**12),
                        name="bucket_liability_max_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(staked_max=None) | Q(staked_max__gte=0, staked_max__lt=10**12),
                        name="staked_max_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(stake_window_seconds__gte=1, stake_window_seconds__lte=2592000),
                        name="stake_window_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=Q(tradable=True) | Q(status="retired"), name="conversions_are_not_traded"
                    ),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
