"""The numbers that tasks find for metrics."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("monitoring", "0002_restores")]
    operations = [
        migrations.CreateModel(
            name="Figure",
            fields=[
                ("name", models.CharField(max_length=40, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField()),
                ("found_at", models.DateTimeField()),
            ],
            options={"db_table": "figures"},
        ),
    ]
