"""Payouts have versions, which are only ever added; a trade says which one it was made by; liability has a side.

The rates that instruments have had so far become their version 1.
"""

from decimal import Decimal

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

FIRST = """
INSERT INTO payout_versions (instrument_id, version, rate, edge_min, effective_from, made_at)
SELECT id, 1, payout_rate, least(0, floor((1 - payout_rate) * 5000) / 10000), '1970-01-01T00:00:00Z', clock_timestamp()
FROM instruments;

UPDATE liability_slots s SET tilt = due.tilt FROM (
    SELECT instrument_id, demo, b.bucket, wallet_id % 16 AS stripe,
           sum((payout - stake) * (CASE direction WHEN 'up' THEN 1 ELSE -1 END)) AS tilt
    FROM flash_trades t, LATERAL (
        VALUES (date_trunc('minute', t.expires_at, 'UTC')), ('1970-01-01T00:00:00Z'::timestamptz)
    ) AS b(bucket)
    WHERE t.state <> 'settled' GROUP BY 1, 2, 3, 4
) AS due
WHERE (s.instrument_id, s.demo, s.bucket, s.stripe) = (due.instrument_id, due.demo, due.bucket, due.stripe);
"""

BACK = """
UPDATE instruments i SET payout_rate = v.rate FROM payout_versions v
WHERE v.instrument_id = i.id
  AND v.version = (SELECT max(version) FROM payout_versions w WHERE w.instrument_id = i.id);
"""

RECOUNT = """
CREATE OR REPLACE FUNCTION liability_recount() RETURNS trigger LANGUAGE plpgsql SET lock_timeout = '5s' AS $$
DECLARE
    in_total CONSTANT timestamptz := '1970-01-01T00:00:00Z';
BEGIN
    LOCK TABLE instruments IN EXCLUSIVE MODE;
    PERFORM FROM flash_trades WHERE instrument_id = NEW.id AND state <> 'settled' ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM liability_slots WHERE instrument_id = NEW.id;
    INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, allotted, used{columns})
    SELECT instrument_id, demo, b.bucket, wallet_id % 16, 0, sum(payout - stake){sums}
    FROM flash_trades t, LATERAL (
        VALUES (date_trunc('minute', t.expires_at, 'UTC'), NEW.bucket_liability_max), (in_total, NEW.liability_max)
    ) AS b(bucket, cap)
    WHERE instrument_id = NEW.id AND state <> 'settled' AND b.cap IS NOT NULL
    GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;
"""
TILTED = {"columns": ", tilt", "sums": ", sum((payout - stake) * (CASE direction WHEN 'up' THEN 1 ELSE -1 END))"}

GUARDS = """
CREATE FUNCTION payouts_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of payout_versions is refused: what was offered was offered', TG_OP
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER payouts_are_for_ever BEFORE UPDATE OR DELETE ON payout_versions
    FOR EACH STATEMENT EXECUTE FUNCTION payouts_refuse();

CREATE FUNCTION payouts_check() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last integer := coalesce((SELECT max(version) FROM payout_versions WHERE instrument_id = NEW.instrument_id), 0);
BEGIN
    IF NEW.version <> last + 1 THEN
        RAISE EXCEPTION 'the next version is %', last + 1
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_versions_ascend', TABLE = TG_TABLE_NAME;
    END IF;
    IF jsonb_typeof(NEW.rates) <> 'object' OR EXISTS (
        SELECT FROM jsonb_each(NEW.rates)
        WHERE key !~ '^[1-9][0-9]{0,4}$' OR jsonb_typeof(value) <> 'string' OR value #>> '{}' !~ '^[0-5](\\.[0-9]{1,4})?$'
    ) THEN
        RAISE EXCEPTION 'rates are an object of seconds and decimals: %', NEW.rates
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_rates_make_sense', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        SELECT FROM jsonb_each_text(NEW.rates)
        WHERE value::numeric <= NEW.skew_max OR value::numeric > least(5, 1 - 2 * NEW.edge_min - NEW.skew_max)
    ) THEN
        RAISE EXCEPTION 'a rate is not above the skew, or leaves the house less than it must have: %', NEW.rates
            USING ERRCODE = 'check_violation', CONSTRAINT = 'payout_rates_make_sense', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payouts_check BEFORE INSERT ON payout_versions
    FOR EACH ROW EXECUTE FUNCTION payouts_check();

-- Trades are dated by the servers' clocks: a version in the past would claim trades that were made by another.
CREATE FUNCTION payouts_check_clock() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.effective_from <= clock_timestamp() THEN
        RAISE EXCEPTION 'payouts are for trades to come, not from % on: it is % now', NEW.effective_from, clock_timestamp()
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER payouts_by_the_clock BEFORE INSERT ON payout_versions
    FOR EACH ROW WHEN (NEW.version > 1) EXECUTE FUNCTION payouts_check_clock();

-- No instrument is without payouts, whoever adds it.
CREATE FUNCTION payouts_begin() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO payout_versions (instrument_id, version, effective_from, made_at)
    VALUES (NEW.id, 1, '1970-01-01T00:00:00Z', clock_timestamp());
    RETURN NULL;
END $$;

CREATE TRIGGER payouts_begin AFTER INSERT ON instruments
    FOR EACH ROW EXECUTE FUNCTION payouts_begin();

CREATE TRIGGER audit AFTER INSERT ON payout_versions FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}');

CREATE TRIGGER payout_version_is_fixed BEFORE UPDATE ON flash_trades
    FOR EACH ROW WHEN (OLD.payout_version IS DISTINCT FROM NEW.payout_version)
    EXECUTE FUNCTION trades_refuse('the terms are fixed at acceptance');
"""

NO_GUARDS = """
DROP TRIGGER payout_version_is_fixed ON flash_trades;
DROP TRIGGER audit ON payout_versions;
DROP TRIGGER payouts_begin ON instruments;
DROP FUNCTION payouts_begin;
DROP TRIGGER payouts_by_the_clock ON payout_versions;
DROP FUNCTION payouts_check_clock;
DROP TRIGGER payouts_check ON payout_versions;
DROP FUNCTION payouts_check;
DROP TRIGGER payouts_are_for_ever ON payout_versions;
DROP FUNCTION payouts_refuse;
"""

RATE = {"max_digits": 5, "decimal_places": 4}


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0018_conversion_instruments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PayoutVersion",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.PositiveIntegerField(verbose_name="version")),
                (
                    "rate",
                    models.DecimalField(
                        db_default=Decimal("0.85"),
                        default=Decimal("0.85"),
                        help_text="0.85: a win gains 85 %",
                        verbose_name="payout rate",
                        **RATE,
                    ),
                ),
                (
                    "rates",
                    models.JSONField(blank=True, db_default={}, default=dict, verbose_name="rates of single durations"),
                ),
                (
                    "skew_max",
                    models.DecimalField(
                        db_default=Decimal("0"), default=Decimal("0"), verbose_name="largest skew", **RATE
                    ),
                ),
                (
                    "skew_scale",
                    models.DecimalField(
                        blank=True,
                        decimal_places=2,
                        max_digits=20,
                        null=True,
                        verbose_name="imbalance of the largest skew",
                    ),
                ),
                (
                    "edge_min",
                    models.DecimalField(
                        db_default=Decimal("0"), default=Decimal("0"), verbose_name="least house edge", **RATE
                    ),
                ),
                ("effective_from", models.DateTimeField(verbose_name="in force from")),
                ("made_at", models.DateTimeField(verbose_name="made at")),
                ("reason", models.CharField(db_default="", default="", max_length=1000, verbose_name="reason")),
                (
                    "instrument",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="trading.instrument",
                        verbose_name="instrument",
                    ),
                ),
                (
                    "made_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="by",
                    ),
                ),
            ],
            options={
                "verbose_name": "payout",
                "verbose_name_plural": "payouts",
                "db_table": "payout_versions",
                "constraints": [
                    models.UniqueConstraint(fields=("instrument", "version"), name="one_payout_a_version"),
                    models.CheckConstraint(
                        condition=models.Q(("rate__gt", 0), ("rate__lte", 5)), name="payout_rate_makes_sense"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("skew_max__gte", 0), ("skew_max__lt", models.F("rate"))),
                        name="skew_leaves_something_to_win",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("skew_max", 0), ("skew_scale", None)),
                            models.Q(("skew_scale__gt", 0), ("skew_scale__isnull", False), ("skew_scale__lt", 10**12)),
                            _connector="OR",
                        ),
                        name="skew_has_a_scale",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("edge_min__gte", -2), ("edge_min__lt", Decimal("0.5"))),
                        name="edge_min_makes_sense",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(rate__lte=1 - 2 * models.F("edge_min") - models.F("skew_max")),
                        name="payout_leaves_the_edge",
                    ),
                ],
            },
        ),
        migrations.AddField("flashtrade", "payout_version", models.PositiveIntegerField(null=True)),
        migrations.AddField(
            "liabilityslot",
            "tilt",
            models.DecimalField(db_default=0, decimal_places=8, default=0, max_digits=20),
        ),
        migrations.RunSQL(FIRST, BACK),
        migrations.RunSQL(RECOUNT.format(**TILTED), RECOUNT.format(columns="", sums="")),
        migrations.RunSQL(GUARDS, NO_GUARDS),
        migrations.RemoveConstraint("instrument", "payout_rate_makes_sense"),
        migrations.RemoveField("instrument", "payout_rate"),
    ]
