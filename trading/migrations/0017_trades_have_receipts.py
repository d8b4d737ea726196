"""The database refuses a trade without its receipt."""

from pathlib import Path

from django.db import migrations

FILE = Path(__file__).parents[1] / "sql" / "receipts" / "trades_have_receipts.sql"


class Migration(migrations.Migration):
    dependencies = [("trading", "0016_key_trades")]
    operations = [migrations.RunSQL([FILE.read_text()], ["DROP FUNCTION trades_have_receipts CASCADE"])]
