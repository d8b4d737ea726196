"""A signed receipt of each acceptance, chained by wallet."""

from pathlib import Path

import django.db.models.deletion
from django.db import migrations, models
from django.db.models import Q

SQL = Path(__file__).parents[1] / "sql" / "receipts"
OBJECTS = {
    "receipts_are_for_ever.sql": "DROP TRIGGER receipts_are_for_ever ON receipts",
    "receipts_check.sql": "DROP FUNCTION receipts_check CASCADE",
}


class Migration(migrations.Migration):
    dependencies = [("accounts", "0003_ledger"), ("trading", "0014_wallet_days")]
    operations = [
        migrations.CreateModel(
            name="Receipt",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id")),
                (
                    "wallet",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="accounts.ledgeraccount",
                        verbose_name="wallet",
                    ),
                ),
                ("price_sequence", models.BigIntegerField(verbose_name="number of the newest price")),
                (
                    "key",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="trading.signingkey",
                    ),
                ),
                ("number", models.IntegerField(verbose_name="number in the chain")),
                ("version", models.PositiveSmallIntegerField()),
                ("previous", models.BinaryField(verbose_name="digest before")),
                ("price_digest", models.BinaryField(verbose_name="digest of the newest price")),
                ("digest", models.BinaryField(verbose_name="digest")),
                ("signature", models.BinaryField()),
            ],
            options={
                "db_table": "receipts",
                "verbose_name": "receipt",
                "verbose_name_plural": "receipts",
                "constraints": [
                    models.UniqueConstraint(fields=("wallet", "number"), name="one_receipt_follows_each"),
                    models.CheckConstraint(condition=Q(number__gt=0), name="receipts_count_from_one"),
                ],
            },
        ),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
