"""The database's own clock guards prices, results, close orders and digests against a program's clock that runs ahead."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "clock/prices_check_clock.sql": "DROP FUNCTION prices_check_clock CASCADE",
    "clock/trades_by_the_clock.sql": "DROP TRIGGER trades_by_the_clock ON flash_trades",
    "clock/close_orders_by_the_clock.sql": "DROP TRIGGER close_orders_by_the_clock ON close_orders",
    "clock/digests_by_the_clock.sql": "DROP TRIGGER digests_by_the_clock ON daily_digests",
}


class Migration(migrations.Migration):
    dependencies = [("trading", "0009_audit")]
    operations = [
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
