"""Days of the market, the right to pause, a Korean reason of a status, names of fields for people."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0013_back_office"),
        ("trading", "0012_rates_of_trades"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="instrument",
            options={
                "ordering": ["id"],
                "permissions": [
                    ("set_status", "Can open, close and pause instruments"),
                    ("view_exposure", "Can see the house's exposure and result"),
                ],
                "verbose_name": "instrument",
                "verbose_name_plural": "instruments",
            },
        ),
        migrations.AlterField(
            model_name="closeorder",
            name="id",
            field=models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id"),
        ),
        migrations.AlterField(
            model_name="closeorder",
            name="trade",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="close_orders",
                to="trading.flashtrade",
                verbose_name="trade",
            ),
        ),
        migrations.AlterField(
            model_name="dailydigest",
            name="first_digest",
            field=models.CharField(max_length=64, null=True, verbose_name="first digest"),
        ),
        migrations.AlterField(
            model_name="dailydigest",
            name="first_sequence",
            field=models.BigIntegerField(null=True, verbose_name="first number in the chain"),
        ),
        migrations.AlterField(
            model_name="dailydigest",
            name="last_digest",
            field=models.CharField(max_length=64, null=True, verbose_name="last digest"),
        ),
        migrations.AlterField(
            model_name="dailydigest",
            name="last_sequence",
            field=models.BigIntegerField(null=True, verbose_name="last number in the chain"),
        ),
        migrations.AlterField(
            model_name="dailydigest",
            name="previous",
            field=models.CharField(max_length=64, verbose_name="digest before"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="accepted_at",
            field=models.DateTimeField(verbose_name="accepted"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="currency",
            field=models.CharField(max_length=10, verbose_name="currency"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="demo",
            field=models.BooleanField(verbose_name="demo"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="direction",
            field=models.CharField(
                choices=[
                    ("up", "up"),
                    ("down", "down"),
                ],
                max_length=4,
                verbose_name="direction",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="duration_seconds",
            field=models.PositiveIntegerField(verbose_name="duration in seconds"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="entry_at",
            field=models.DateTimeField(verbose_name="entry"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="entry_price",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="entry price"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="exit_price",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="exit price"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="exit_samples",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="prices in the exit"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="expires_at",
            field=models.DateTimeField(verbose_name="expiry"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="id",
            field=models.UUIDField(editable=False, primary_key=True, serialize=False, verbose_name="id"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="idempotency_key",
            field=models.CharField(max_length=255, verbose_name="idempotency key"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="instrument",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="trading.instrument",
                verbose_name="instrument",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="order_digest",
            field=models.CharField(max_length=64, verbose_name="digest of the order"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="outcome",
            field=models.CharField(
                choices=[
                    ("won", "won"),
                    ("lost", "lost"),
                    ("tied", "tied"),
                    ("voided", "voided"),
                    ("sold", "sold"),
                ],
                max_length=6,
                null=True,
                verbose_name="outcome",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="payout",
            field=models.DecimalField(decimal_places=8, max_digits=20, verbose_name="payout of a win"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="payout_rate",
            field=models.DecimalField(decimal_places=4, max_digits=5, verbose_name="payout rate"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="payout_version",
            field=models.PositiveIntegerField(null=True, verbose_name="version of the payouts"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="profit",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="trader's profit"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="rule_version",
            field=models.PositiveSmallIntegerField(verbose_name="version of the rules"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="sale",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="sale"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="settled_at",
            field=models.DateTimeField(null=True, verbose_name="settled"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="sold_at_price",
            field=models.DecimalField(decimal_places=8, max_digits=20, null=True, verbose_name="price of the sale"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="sold_priced_at",
            field=models.DateTimeField(null=True, verbose_name="second of that price"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="stake",
            field=models.DecimalField(decimal_places=8, max_digits=20, verbose_name="stake"),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="state",
            field=models.CharField(
                choices=[("pending", "pending"), ("open", "open"), ("settled", "settled")],
                default="pending",
                max_length=8,
                verbose_name="state",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="user",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to=settings.AUTH_USER_MODEL,
                verbose_name="trader",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="void_reason",
            field=models.CharField(
                choices=[
                    (
                        "no-entry-price",
                        "no-entry-price",
                    ),
                    (
                        "no-exit-price",
                        "no-exit-price",
                    ),
                    (
                        "exit-not-after-entry",
                        "exit-not-after-entry",
                    ),
                    (
                        "simulated-price",
                        "simulated-price",
                    ),
                ],
                max_length=24,
                null=True,
                verbose_name="reason of the void",
            ),
        ),
        migrations.AlterField(
            model_name="flashtrade",
            name="wallet",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="accounts.ledgeraccount",
                verbose_name="wallet",
            ),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="digest",
            field=models.CharField(max_length=64, verbose_name="digest"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="instrument",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                to="trading.instrument",
                verbose_name="instrument",
            ),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="previous",
            field=models.CharField(max_length=64, verbose_name="digest before"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="price",
            field=models.DecimalField(decimal_places=8, max_digits=20, verbose_name="price"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="priced_at",
            field=models.DateTimeField(verbose_name="second"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="recorded_at",
            field=models.DateTimeField(verbose_name="recorded"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="rule_version",
            field=models.PositiveSmallIntegerField(verbose_name="version of the rules"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="sequence",
            field=models.BigIntegerField(verbose_name="number in the chain"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="source",
            field=models.CharField(
                choices=[
                    ("live", "live"),
                    ("replay", "replay"),
                    ("simulated", "simulated"),
                ],
                max_length=10,
                verbose_name="source",
            ),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="venues",
            field=models.JSONField(verbose_name="venues"),
        ),
        migrations.AlterField(
            model_name="indexprice",
            name="venues_min",
            field=models.PositiveSmallIntegerField(null=True, verbose_name="venues needed"),
        ),
        migrations.AlterField(
            model_name="tradecorrection",
            name="request",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="accounts.approvalrequest",
                verbose_name="request",
            ),
        ),
        migrations.AlterField(
            model_name="tradecorrection",
            name="trade",
            field=models.OneToOneField(
                on_delete=django.db.models.deletion.PROTECT,
                primary_key=True,
                related_name="correction",
                serialize=False,
                to="trading.flashtrade",
                verbose_name="trade",
            ),
        ),
        # From here on tables are locked: all that costs time without touching them comes before.
        migrations.AddField(
            model_name="instrument",
            name="status_reason_ko",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="reason of the status in Korean"
            ),
        ),
        migrations.CreateModel(
            name="MarketDay",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField()),
                ("demo", models.BooleanField()),
                ("trades", models.PositiveIntegerField()),
                ("traders", models.PositiveIntegerField()),
                ("staked", models.DecimalField(decimal_places=8, max_digits=24)),
                ("house_profit", models.DecimalField(decimal_places=8, max_digits=24)),
                ("corrected", models.DecimalField(decimal_places=8, default=0, max_digits=24)),
                ("counted_at", models.DateTimeField()),
                (
                    "instrument",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="trading.instrument",
                    ),
                ),
            ],
            options={
                "db_table": "market_days",
                "default_permissions": (),
                "constraints": [
                    models.UniqueConstraint(fields=("day", "instrument", "demo"), name="one_count_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(("staked__gte", 0)), name="a_day_stakes_nothing_negative"
                    ),
                ],
            },
        ),
    ]
