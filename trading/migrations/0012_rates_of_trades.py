"""The database refuses a rate that no version of the payouts offers."""

from pathlib import Path

from django.db import migrations

FILE = Path(__file__).parents[1] / "sql" / "trades" / "trades_check_rate.sql"


class Migration(migrations.Migration):
    dependencies = [("trading", "0011_terms_of_trades")]
    operations = [migrations.RunSQL([FILE.read_text()], ["DROP FUNCTION trades_check_rate CASCADE"])]
