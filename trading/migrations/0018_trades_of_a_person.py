"""The trades of a person under way have an index that no plan confuses with that of all trades under way."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False
    dependencies = [("trading", "0017_trades_have_receipts")]
    operations = [
        AddIndexConcurrently(
            "flashtrade",
            models.Index(fields=["user"], name="flash_trades_of_a_person", condition=models.Q(settled_at=None)),
        ),
        RemoveIndexConcurrently("flashtrade", "flash_trades_under_way"),
    ]
