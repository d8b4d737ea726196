"""Caps on liability: its stripes (docs/decisions/0022), and the gate that holds orders while a cap changes."""

from pathlib import Path

from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "caps/order_gate.sql": "DROP TABLE order_gate",
    "caps/hold_orders.sql": "DROP FUNCTION hold_orders",
    "caps/trade_liabilities.sql": "DROP VIEW trade_liabilities",
    "caps/open_liabilities.sql": "DROP VIEW open_liabilities",
    "caps/liability_recount.sql": "DROP FUNCTION liability_recount CASCADE",
}
MONEY = {"max_digits": 20, "decimal_places": 8}

# Each row is written at every order of its stripe: room for the new versions on the same page.
ROOM = "ALTER TABLE liability_slots SET (fillfactor = 40)"


class Migration(migrations.Migration):
    dependencies = [("trading", "0005_close_orders")]
    operations = [
        migrations.CreateModel(
            name="LiabilitySlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instrument",
                    models.ForeignKey("trading.instrument", models.CASCADE, related_name="+", db_index=False),
                ),
                ("demo", models.BooleanField()),
                ("bucket", models.DateTimeField()),
                ("stripe", models.PositiveSmallIntegerField()),
                ("allotted", models.DecimalField(default=0, db_default=0, **MONEY)),
                ("used", models.DecimalField(default=0, db_default=0, **MONEY)),
                ("tilt", models.DecimalField(default=0, db_default=0, **MONEY)),
            ],
            options={
                "db_table": "liability_slots",
                "constraints": [
                    models.UniqueConstraint(
                        fields=["instrument", "demo", "bucket", "stripe"], name="one_slot_a_stripe"
                    ),
                    models.CheckConstraint(
                        condition=Q(allotted__lt=10**12, used__gt=-(10**12), used__lt=10**12), name="slots_hold_numbers"
                    ),
                ],
            },
        ),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
