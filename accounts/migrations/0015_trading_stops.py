"""A person, or a program of theirs, stops the trading of API keys."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0014_webhooks"),
    ]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="stopped_at",
            field=models.DateTimeField(null=True, verbose_name="trading stopped"),
        ),
        migrations.AddField(
            model_name="user",
            name="keys_stopped_at",
            field=models.DateTimeField(editable=False, null=True, verbose_name="trading by keys stopped"),
        ),
    ]
