"""The first waiting messages of each receiver are found by an index, however many wait behind them."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0019_alert_answers"),
    ]

    operations = [
        migrations.AddIndex(
            model_name="webhookmessage",
            index=models.Index(
                condition=models.Q(("state", "waiting")),
                fields=["endpoint", "next_try_at", "id"],
                name="webhook_messages_in_turn",
            ),
        ),
        migrations.RemoveIndex(model_name="webhookmessage", name="webhook_messages_due"),
        migrations.AddIndex(
            model_name="pushmessage",
            index=models.Index(fields=["subscription", "id"], name="push_messages_in_turn"),
        ),
        migrations.AlterField(
            model_name="pushmessage",
            name="subscription",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="accounts.pushsubscription",
            ),
        ),
    ]
