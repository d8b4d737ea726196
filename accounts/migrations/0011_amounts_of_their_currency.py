"""Fees, deposits, withdrawals and transfers are amounts of their currency."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "cashier/terms_keep_to_their_currency.sql": "ALTER TABLE cashier_terms DROP CONSTRAINT terms_keep_to_their_currency",
    "cashier/deposit_keeps_to_its_currency.sql": "ALTER TABLE deposits DROP CONSTRAINT deposit_keeps_to_its_currency",
    "cashier/withdrawal_keeps_to_its_currency.sql": (
        "ALTER TABLE withdrawals DROP CONSTRAINT withdrawal_keeps_to_its_currency"
    ),
    "ledger/transfer_keeps_to_its_currency.sql": (
        "ALTER TABLE transfers DROP CONSTRAINT transfer_keeps_to_its_currency"
    ),
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0010_mailboxes")]
    operations = [migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())])]
