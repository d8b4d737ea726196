"""The trades that API keys with limits have ordered."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0017_limits_of_keys"), ("trading", "0015_receipts")]

    operations = [
        migrations.CreateModel(
            name="KeyTrade",
            fields=[
                (
                    "trade",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        serialize=False,
                        to="trading.flashtrade",
                    ),
                ),
                ("accepted_at", models.DateTimeField()),
                (
                    "key",
                    models.ForeignKey(
                        db_index=False, on_delete=django.db.models.deletion.PROTECT, to="accounts.apikey"
                    ),
                ),
            ],
            options={
                "db_table": "key_trades",
                "indexes": [models.Index(fields=["key", "accepted_at"], name="key_trades_by_day")],
            },
        ),
    ]
