"""Each API key knows the session that made it, and may end with it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_amounts_of_their_currency")]
    operations = [
        migrations.AddField("apikey", "made_by", models.CharField(max_length=32, blank=True, default="")),
    ]
