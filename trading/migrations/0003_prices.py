"""Index prices in monthly partitions, the head of each chain, and candles (docs/decisions/0019)."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "prices/prices_refuse.sql": "DROP FUNCTION prices_refuse CASCADE",
    "prices/prices_go_on.sql": "DROP FUNCTION prices_go_on CASCADE",
    "prices/heads_refuse.sql": "DROP FUNCTION heads_refuse CASCADE",
    "prices/candles_follow.sql": "DROP FUNCTION candles_follow CASCADE",
    "prices/rebuild_candles.sql": "DROP FUNCTION rebuild_candles",
    "prices/make_price_partition.sql": "DROP FUNCTION make_price_partition",
}
MONEY = {"max_digits": 20, "decimal_places": 8}

# This month and three more; from then on the settlement worker makes them, three months ahead.
FIRST_MONTHS = """
SELECT make_price_partition(month)
FROM generate_series(date_trunc('month', now(), 'UTC'), now() + interval '3 months', interval '1 month') AS month
"""

# Both are rewritten with each price: room for the next version on the same page keeps the indexes out of it.
ROOM = "ALTER TABLE price_heads SET (fillfactor = 50); ALTER TABLE candles SET (fillfactor = 90)"


class Migration(migrations.Migration):
    dependencies = [("trading", "0002_payouts")]
    operations = [
        migrations.SeparateDatabaseAndState(
            [migrations.RunSQL((SQL / "prices/index_prices.sql").read_text(), "DROP TABLE index_prices")],
            [
                migrations.CreateModel(
                    name="IndexPrice",
                    fields=[
                        (
                            "id",
                            models.BigAutoField(
                                auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                            ),
                        ),
                        ("instrument", models.ForeignKey("trading.instrument", models.PROTECT, db_index=False)),
                        ("sequence", models.BigIntegerField()),
                        ("priced_at", models.DateTimeField()),
                        ("price", models.DecimalField(**MONEY)),
                        (
                            "source",
                            models.CharField(
                                max_length=10,
                                choices=[("live", "live"), ("replay", "replay"), ("simulated", "simulated")],
                            ),
                        ),
                        ("venues", models.JSONField()),
                        ("previous", models.CharField(max_length=64)),
                        ("digest", models.CharField(max_length=64)),
                        ("recorded_at", models.DateTimeField()),
                        ("rule_version", models.PositiveSmallIntegerField()),
                        ("venues_min", models.PositiveSmallIntegerField(null=True)),
                    ],
                    options={
                        "db_table": "index_prices",
                        "verbose_name": "index price",
                        "verbose_name_plural": "index prices",
                        "constraints": [
                            models.UniqueConstraint(
                                fields=["instrument", "priced_at"],
                                include=["price", "source"],
                                name="one_price_a_second",
                            ),
                            models.CheckConstraint(
                                condition=Q(price__gt=0, price__lt=10**12), name="price_is_positive"
                            ),
                            models.CheckConstraint(
                                condition=Q(rule_version=1) | Q(rule_version__gte=2, venues_min__gte=1),
                                name="price_tells_its_rules",
                            ),
                        ],
                    },
                ),
            ],
        ),
        migrations.CreateModel(
            name="PriceHead",
            fields=[
                (
                    "instrument",
                    models.OneToOneField("trading.instrument", models.PROTECT, primary_key=True, serialize=False),
                ),
                ("sequence", models.BigIntegerField()),
                ("priced_at", models.DateTimeField()),
                ("price", models.DecimalField(**MONEY)),
                (
                    "source",
                    models.CharField(
                        max_length=10, choices=[("live", "live"), ("replay", "replay"), ("simulated", "simulated")]
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("rule_version", models.PositiveSmallIntegerField()),
            ],
            options={
                "db_table": "price_heads",
            },
        ),
        migrations.CreateModel(
            name="Candle",
            fields=[
                (
                    "pk",
                    models.CompositePrimaryKey(
                        "instrument_id",
                        "interval",
                        "opened_at",
                        primary_key=True,
                        blank=True,
                        editable=False,
                        serialize=False,
                    ),
                ),
                ("instrument", models.ForeignKey("trading.instrument", models.PROTECT, db_index=False)),
                (
                    "interval",
                    models.PositiveIntegerField(
                        choices=[(5, "5s"), (60, "1m"), (300, "5m"), (900, "15m"), (3600, "1h"), (86400, "1d")]
                    ),
                ),
                ("opened_at", models.DateTimeField()),
                ("open", models.DecimalField(**MONEY)),
                ("high", models.DecimalField(**MONEY)),
                ("low", models.DecimalField(**MONEY)),
                ("close", models.DecimalField(**MONEY)),
                ("count", models.PositiveIntegerField()),
                ("simulated", models.BooleanField()),
            ],
            options={
                "db_table": "candles",
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
        migrations.RunSQL(FIRST_MONTHS, migrations.RunSQL.noop),
    ]
