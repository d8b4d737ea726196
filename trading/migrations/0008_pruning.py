"""The one way in which prices are removed: whole old months, without the prices that the proof of a trade needs."""

from pathlib import Path

from django.db import migrations, models

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "prices/price_spans_needed.sql": "DROP VIEW price_spans_needed",
    "prices/keep_price_month.sql": "DROP FUNCTION keep_price_month",
    "prices/prune_price_month.sql": "DROP FUNCTION prune_price_month",
    "prices/prunings_are_for_ever.sql": "DROP TRIGGER prunings_are_for_ever ON price_prunings",
}


class Migration(migrations.Migration):
    dependencies = [("trading", "0007_proof")]
    operations = [
        migrations.CreateModel(
            name="PricePruning",
            fields=[
                ("month", models.DateField(primary_key=True, serialize=False, verbose_name="month")),
                ("kept", models.BigIntegerField(verbose_name="prices kept")),
                ("removed", models.BigIntegerField(verbose_name="prices removed")),
                ("pruned_at", models.DateTimeField(verbose_name="pruned")),
            ],
            options={
                "db_table": "price_prunings",
                "verbose_name": "pruned month",
                "verbose_name_plural": "pruned months",
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
