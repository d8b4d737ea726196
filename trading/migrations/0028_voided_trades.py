"""Which trades ended void, by day: published beside the digest of the day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0027_roles")]
    operations = [
        migrations.AddIndex(
            model_name="flashtrade",
            index=models.Index(
                condition=models.Q(("outcome", "voided")),
                fields=["instrument", "settled_at"],
                name="flash_trades_voided",
            ),
        ),
    ]
