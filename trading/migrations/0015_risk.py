"""Caps on what the house may owe and on what one trader may have; why an instrument has its status."""

from decimal import Decimal

import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

# Whoever changes a cap counts anew from the open trades, under locks in this order: the table of instruments, which
# every order holds in ROW SHARE until it ends; the trades under way, which a settlement holds; the slots.
RECOUNT = """
CREATE FUNCTION liability_recount() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    in_total CONSTANT timestamptz := '1970-01-01T00:00:00Z';
BEGIN
    LOCK TABLE instruments IN EXCLUSIVE MODE;
    PERFORM FROM flash_trades WHERE instrument_id = NEW.id AND state <> 'settled' ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM liability_slots WHERE instrument_id = NEW.id;
    INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, allotted, used)
    SELECT instrument_id, demo, b.bucket, wallet_id % 16, 0, sum(payout - stake)
    FROM flash_trades t, LATERAL (
        VALUES (date_trunc('minute', t.expires_at, 'UTC'), NEW.bucket_liability_max), (in_total, NEW.liability_max)
    ) AS b(bucket, cap)
    WHERE instrument_id = NEW.id AND state <> 'settled' AND b.cap IS NOT NULL
    GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;

CREATE TRIGGER caps_count_anew AFTER UPDATE ON instruments
    FOR EACH ROW WHEN (
        (OLD.liability_max, OLD.bucket_liability_max) IS DISTINCT FROM (NEW.liability_max, NEW.bucket_liability_max)
    )
    EXECUTE FUNCTION liability_recount();

-- Each row is written at every order of its stripe: room for the new versions on the same page.
ALTER TABLE liability_slots SET (fillfactor = 40);
"""

FORGET = """
DROP TRIGGER caps_count_anew ON instruments;
DROP FUNCTION liability_recount;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0012_price_history"),
    ]

    operations = [
        migrations.CreateModel(
            name="LiabilitySlot",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("demo", models.BooleanField()),
                ("bucket", models.DateTimeField()),
                ("stripe", models.PositiveSmallIntegerField()),
                ("allotted", models.DecimalField(db_default=0, decimal_places=8, default=0, max_digits=20)),
                ("used", models.DecimalField(db_default=0, decimal_places=8, default=0, max_digits=20)),
            ],
            options={
                "db_table": "liability_slots",
            },
        ),
        migrations.AddField(
            model_name="instrument",
            name="bucket_liability_max",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="The most that the trades which expire in one minute may gain, in each book. Empty: no cap.",
                max_digits=20,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                verbose_name="liability cap per expiry minute",
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="liability_max",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                help_text="The most that all open trades together may gain, in each book. Empty: no cap.",
                max_digits=20,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                verbose_name="liability cap",
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="open_trades_max",
            field=models.PositiveIntegerField(blank=True, null=True, verbose_name="open trades per trader"),
        ),
        migrations.AddField(
            model_name="instrument",
            name="stake_window_seconds",
            field=models.PositiveIntegerField(
                db_default=3600,
                default=3600,
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(2592000),
                ],
                verbose_name="window of stakes in seconds",
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="staked_max",
            field=models.DecimalField(
                blank=True,
                decimal_places=2,
                max_digits=20,
                null=True,
                validators=[django.core.validators.MinValueValidator(Decimal("0"))],
                verbose_name="stakes per trader and window",
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="status_reason",
            field=models.CharField(
                blank=True, db_default="", default="", max_length=200, verbose_name="reason of the status"
            ),
        ),
        migrations.AddField(
            model_name="instrument",
            name="status_since",
            field=models.DateTimeField(blank=True, null=True, verbose_name="status since"),
        ),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("liability_max", None),
                    models.Q(("liability_max__gte", 0), ("liability_max__lt", 1000000000000)),
                    _connector="OR",
                ),
                name="liability_max_makes_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("bucket_liability_max", None),
                    models.Q(("bucket_liability_max__gte", 0), ("bucket_liability_max__lt", 1000000000000)),
                    _connector="OR",
                ),
                name="bucket_liability_max_makes_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("staked_max", None),
                    models.Q(("staked_max__gte", 0), ("staked_max__lt", 1000000000000)),
                    _connector="OR",
                ),
                name="staked_max_makes_sense",
            ),
        ),
        migrations.AddConstraint(
            model_name="instrument",
            constraint=models.CheckConstraint(
                condition=models.Q(("stake_window_seconds__gte", 1), ("stake_window_seconds__lte", 2592000)),
                name="stake_window_makes_sense",
            ),
        ),
        migrations.AddField(
            model_name="liabilityslot",
            name="instrument",
            field=models.ForeignKey(
                db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name="+", to="trading.instrument"
            ),
        ),
        migrations.AddConstraint(
            model_name="liabilityslot",
            constraint=models.UniqueConstraint(
                fields=("instrument", "demo", "bucket", "stripe"), name="one_slot_a_stripe"
            ),
        ),
        migrations.AddConstraint(
            model_name="liabilityslot",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("allotted__lt", 1000000000000), ("used__gt", -1000000000000), ("used__lt", 1000000000000)
                ),
                name="slots_hold_numbers",
            ),
        ),
        migrations.RunSQL(RECOUNT, FORGET),
    ]
