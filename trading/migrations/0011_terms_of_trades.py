"""The database refuses the terms that no order gives: payout, entry, expiry, wallet, instrument and acceptance."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "trades/trade_pays_its_terms.sql": "ALTER TABLE flash_trades DROP CONSTRAINT trade_pays_its_terms",
    "trades/trade_enters_after_acceptance.sql": (
        "ALTER TABLE flash_trades DROP CONSTRAINT trade_enters_after_acceptance"
    ),
    "trades/trade_expires_after_its_duration.sql": (
        "ALTER TABLE flash_trades DROP CONSTRAINT trade_expires_after_its_duration"
    ),
    "trades/trade_gains_by_its_outcome.sql": "ALTER TABLE flash_trades DROP CONSTRAINT trade_gains_by_its_outcome",
    "trades/trades_check_ends.sql": "DROP FUNCTION trades_check_ends CASCADE",
    "trades/trades_check_clock.sql": "DROP FUNCTION trades_check_clock CASCADE",
}


class Migration(migrations.Migration):
    dependencies = [("trading", "0010_clock"), ("accounts", "0003_ledger")]
    operations = [migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())])]
