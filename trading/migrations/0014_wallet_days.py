"""The sums of a wallet's past days, for traders' own limits."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models

FILE = Path(__file__).parents[1] / "sql" / "trades" / "wallet_days_follow.sql"


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_ledger"), ("trading", "0013_back_office")]
    operations = [
        migrations.CreateModel(
            name="WalletDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("staked", models.DecimalField(decimal_places=8, max_digits=20)),
                ("result", models.DecimalField(decimal_places=8, max_digits=20)),
                (
                    "wallet",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.ledgeraccount"
                    ),
                ),
            ],
            options={
                "db_table": "wallet_days",
                "constraints": [models.UniqueConstraint(fields=("wallet", "day"), name="one_sum_a_wallet_and_day")],
            },
        ),
        migrations.RunSQL([FILE.read_text()], ["DROP FUNCTION wallet_days_follow CASCADE"]),
    ]
