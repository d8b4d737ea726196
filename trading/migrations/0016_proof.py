"""Rule 11: a digest of each day's prices and the keys that sign proofs. Neither is ever rewritten."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

GUARD = """
CREATE TRIGGER digests_are_for_ever BEFORE UPDATE OR DELETE ON daily_digests
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('published digests are for ever');

CREATE TRIGGER keys_are_kept BEFORE DELETE ON signing_keys
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('keys are kept: what they signed must be checked for ever');

CREATE TRIGGER keys_only_retire BEFORE UPDATE ON signing_keys
    FOR EACH ROW WHEN (
        OLD.retired_at IS NOT NULL OR NEW.retired_at IS NULL
        OR (OLD.id, OLD.kid, OLD.algorithm, OLD.public_key, OLD.created_at)
            IS DISTINCT FROM (NEW.id, NEW.kid, NEW.algorithm, NEW.public_key, NEW.created_at)
    )
    EXECUTE FUNCTION ledger_refuse('a key only retires, once');

CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON signing_keys
    FOR EACH ROW EXECUTE FUNCTION audit_record('{sealed_private_key}', '{}');

-- Random bytes don't compress; so a piece of them is read without the rest.
ALTER TABLE daily_digests ALTER COLUMN leaves SET STORAGE EXTERNAL;
"""

UNGUARD = """
DROP TRIGGER digests_are_for_ever ON daily_digests;
DROP TRIGGER keys_are_kept ON signing_keys;
DROP TRIGGER keys_only_retire ON signing_keys;
DROP TRIGGER audit ON signing_keys;
"""

CLOSE = """
CREATE FUNCTION prices_heed_digests() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
BEGIN
    -- Shared with other prices; whoever publishes a day takes it alone, at its very end (publish_digests).
    PERFORM pg_advisory_xact_lock_shared(hashtext('daily_digests'), NEW.instrument_id::int);
    IF EXISTS (
        SELECT FROM daily_digests d
        WHERE d.instrument_id = NEW.instrument_id AND d.day >= (NEW.priced_at AT TIME ZONE 'UTC')::date
    ) THEN
        RAISE EXCEPTION 'the digest of that day is published'
            USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER published_days_are_closed AFTER INSERT ON index_prices
    FOR EACH ROW EXECUTE FUNCTION prices_heed_digests();
"""

UNCLOSE = """
DROP TRIGGER published_days_are_closed ON index_prices;
DROP FUNCTION prices_heed_digests;
"""


GOES_ON = """
CREATE OR REPLACE FUNCTION prices_go_on() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp AS $$
DECLARE
    head price_heads;
    fault text;
BEGIN
    SELECT * INTO head FROM price_heads WHERE instrument_id = NEW.instrument_id FOR UPDATE;
    fault := CASE
        WHEN NEW.priced_at <= head.priced_at THEN 'one_price_a_second'
        WHEN NEW.sequence <> coalesce(head.sequence, 0) + 1 THEN 'one_place_in_the_chain'
        WHEN NEW.previous <> coalesce(head.digest, repeat('0', 64)) THEN 'one_successor_each'
    END;
    IF fault IS NOT NULL THEN
        RAISE EXCEPTION 'price % of % does not continue the chain', NEW.sequence, NEW.priced_at
            USING ERRCODE = 'check_violation', CONSTRAINT = fault, TABLE = TG_TABLE_NAME;
    END IF;
    IF head.instrument_id IS NULL THEN
        INSERT INTO price_heads (instrument_id, {columns})
        VALUES (NEW.instrument_id, {values});
    ELSE
        UPDATE price_heads SET ({columns}) = ({values}) WHERE instrument_id = NEW.instrument_id;
    END IF;
    RETURN NEW;
END $$;
"""


def goes_on(*columns: str) -> str:
    """The trigger of 0012 that moves the head: with which columns of its price."""
    return GOES_ON.format(columns=", ".join(columns), values=", ".join(f"NEW.{column}" for column in columns))


HEAD = ("sequence", "priced_at", "price", "source", "digest")
VERSIONS = """
UPDATE price_heads h SET rule_version = p.rule_version
FROM index_prices p WHERE (p.instrument_id, p.priced_at) = (h.instrument_id, h.priced_at);
"""
BEHIND = ("ALTER TABLE price_heads DISABLE TRIGGER USER", "ALTER TABLE price_heads ENABLE TRIGGER USER")


class Migration(migrations.Migration):
    dependencies = [
        ("trading", "0015_risk"),
    ]

    operations = [
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=43, unique=True, verbose_name="key id")),
                ("algorithm", models.CharField(default="EdDSA", max_length=10, verbose_name="algorithm")),
                ("public_key", models.CharField(max_length=43, verbose_name="public key")),
                ("sealed_private_key", models.TextField()),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="retired")),
            ],
            options={
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "db_table": "signing_keys",
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("retired_at", None)), fields=("algorithm",), name="one_key_signs"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("retired_at", None), models.Q(("sealed_private_key", ""), _negated=True)),
                            models.Q(("retired_at__isnull", False), ("sealed_private_key", "")),
                            _connector="OR",
                        ),
                        name="a_retired_key_is_forgotten",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DailyDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("day", models.DateField(verbose_name="day")),
                ("count", models.PositiveIntegerField(verbose_name="prices")),
                ("first_sequence", models.BigIntegerField(null=True)),
                ("last_sequence", models.BigIntegerField(null=True)),
                ("first_digest", models.CharField(max_length=64, null=True)),
                ("last_digest", models.CharField(max_length=64, null=True)),
                ("root", models.CharField(max_length=64, verbose_name="Merkle root")),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                (
                    "blocks",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=64), size=None),
                ),
                ("leaves", models.BinaryField()),
                ("published_at", models.DateTimeField(verbose_name="published")),
                (
                    "instrument",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="trading.instrument",
                        verbose_name="instrument",
                    ),
                ),
            ],
            options={
                "verbose_name": "daily digest",
                "verbose_name_plural": "daily digests",
                "db_table": "daily_digests",
                "constraints": [
                    models.UniqueConstraint(fields=("instrument", "day"), name="one_digest_a_day"),
                    models.UniqueConstraint(fields=("instrument", "previous"), name="one_day_follows_each"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("count__gt", 0),
                                ("first_digest__isnull", False),
                                ("first_sequence__isnull", False),
                                ("last_digest__isnull", False),
                                (
                                    "last_sequence",
                                    django.db.models.expressions.CombinedExpression(
                                        django.db.models.expressions.CombinedExpression(
                                            models.F("first_sequence"), "+", models.F("count")
                                        ),
                                        "-",
                                        models.Value(1),
                                    ),
                                ),
                            ),
                            models.Q(
                                ("count", 0),
                                ("first_digest", None),
                                ("first_sequence", None),
                                ("last_digest", None),
                                ("last_sequence", None),
                            ),
                            _connector="OR",
                        ),
                        name="a_day_leaves_no_price_out",
                    ),
                ],
            },
        ),
        migrations.AddField(
            model_name="pricehead",
            name="rule_version",
            field=models.PositiveSmallIntegerField(default=1),
            preserve_default=False,
        ),
        migrations.RunSQL(goes_on(*HEAD, "rule_version"), goes_on(*HEAD)),
        migrations.RunSQL([BEHIND[0], VERSIONS, BEHIND[1]], migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, UNGUARD),
        migrations.RunSQL(CLOSE, UNCLOSE),
    ]
