"""An index price tells by which rules it was made; those there already were made by the first."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("trading", "0010_settled_trades_of_a_person")]

    operations = [
        migrations.AddField(
            model_name="indexprice",
            name="rule_version",
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="indexprice", name="venues_min", field=models.PositiveSmallIntegerField(null=True)
        ),
        migrations.AddConstraint(
            model_name="indexprice",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("rule_version", 1), models.Q(("rule_version__gte", 2), ("venues_min__gte", 1)), _connector="OR"
                ),
                name="price_tells_its_rules",
            ),
        ),
    ]
