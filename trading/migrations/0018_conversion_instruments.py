"""An instrument that only converts others is never traded."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0016_proof")]

    operations = [
        migrations.AddField(
            model_name="instrument",
            name="tradable",
            field=models.BooleanField(
                default=True,
                help_text="Off for an index that only converts others, like USDT-USD: retired from the beginning.",
                verbose_name="tradable",
            ),
        ),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=models.Q(("tradable", True), ("status", "retired"), _connector="OR"),
                name="conversions_are_not_traded",
            ),
        ),
    ]
