"""What somebody has under way, read by person: a limit counts it at each order."""

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_sales"),
        ("trading", "0025_entries_lie_ahead"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="flashtrade",
            index=models.Index(
                condition=models.Q(("state", "settled"), _negated=True), fields=["user"], name="flash_trades_under_way"
            ),
        ),
    ]
