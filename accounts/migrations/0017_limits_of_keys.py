"""An API key may have limits of its own."""

from django.db import migrations, models
from django.db.models import Q


class Migration(migrations.Migration):
    dependencies = [("accounts", "0016_push")]

    operations = [
        migrations.AddField(
            model_name="apikey",
            name="stake_max",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="largest stake"),
        ),
        migrations.AddField(
            model_name="apikey",
            name="stake_a_day",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="stakes a day"),
        ),
        migrations.AddField(
            model_name="apikey",
            name="open_trades_max",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="open trades"),
        ),
        migrations.AddConstraint(
            model_name="apikey",
            constraint=models.CheckConstraint(
                condition=(Q(stake_max=None) | Q(stake_max__gt=0, stake_max__lt=10**12))
                & (Q(stake_a_day=None) | Q(stake_a_day__gt=0, stake_a_day__lt=10**12))
                & (Q(open_trades_max=None) | Q(open_trades_max__gte=1, open_trades_max__lte=1000)),
                name="limits_of_keys_are_positive",
            ),
        ),
    ]
