"""Rule 11: a digest of each day's prices, and the keys that sign proofs. Neither is ever rewritten."""

from pathlib import Path

from django.contrib.postgres.fields import ArrayField
from django.db import migrations, models
from django.db.models import F, Q

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "proof/digests_are_for_ever.sql": "DROP TRIGGER digests_are_for_ever ON daily_digests",
    "proof/prices_heed_digests.sql": "DROP FUNCTION prices_heed_digests CASCADE",
    "proof/keys_are_kept.sql": "DROP TRIGGER keys_are_kept ON signing_keys",
    "proof/keys_only_retire.sql": "DROP TRIGGER keys_only_retire ON signing_keys",
}

# Random bytes don't compress; so a piece of them is read without the rest.
UNCOMPRESSED = "ALTER TABLE daily_digests ALTER COLUMN leaves SET STORAGE EXTERNAL"


class Migration(migrations.Migration):
    dependencies = [("trading", "0006_caps")]
    operations = [
        migrations.CreateModel(
            name="DailyDigest",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "instrument",
                    models.ForeignKey("trading.instrument", models.PROTECT, db_index=False, verbose_name="instrument"),
                ),
                ("day", models.DateField(verbose_name="day")),
                ("count", models.PositiveIntegerField(verbose_name="prices")),
                ("first_sequence", models.BigIntegerField(null=True)),
                ("last_sequence", models.BigIntegerField(null=True)),
                ("first_digest", models.CharField(max_length=64, null=True)),
                ("last_digest", models.CharField(max_length=64, null=True)),
                ("root", models.CharField(max_length=64, verbose_name="Merkle root")),
                ("previous", models.CharField(max_length=64)),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("blocks", ArrayField(models.CharField(max_length=64))),
                ("leaves", models.BinaryField()),
                ("published_at", models.DateTimeField(verbose_name="published")),
            ],
            options={
                "db_table": "daily_digests",
                "verbose_name": "daily digest",
                "verbose_name_plural": "daily digests",
                "constraints": [
                    models.UniqueConstraint(fields=["instrument", "day"], name="one_digest_a_day"),
                    models.UniqueConstraint(fields=["instrument", "previous"], name="one_day_follows_each"),
                    models.CheckConstraint(
                        condition=Q(
                            count__gt=0,
                            first_digest__isnull=False,
                            first_sequence__isnull=False,
                            last_digest__isnull=False,
                            last_sequence=F("first_sequence") + F("count") - 1,
                        )
                        | Q(count=0, first_digest=None, first_sequence=None, last_digest=None, last_sequence=None),
                        name="a_day_leaves_no_price_out",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SigningKey",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("kid", models.CharField(max_length=43, unique=True, verbose_name="key id")),
                ("algorithm", models.CharField(max_length=10, default="EdDSA", verbose_name="algorithm")),
                ("public_key", models.CharField(max_length=43, verbose_name="public key")),
                ("sealed_private_key", models.TextField()),
                ("created_at", models.DateTimeField(verbose_name="made")),
                ("retired_at", models.DateTimeField(null=True, verbose_name="retired")),
            ],
            options={
                "db_table": "signing_keys",
                "verbose_name": "signing key",
                "verbose_name_plural": "signing keys",
                "constraints": [
                    models.UniqueConstraint(fields=["algorithm"], condition=Q(retired_at=None), name="one_key_signs"),
                    models.CheckConstraint(
                        condition=(Q(retired_at=None) & ~Q(sealed_private_key=""))
                        | Q(retired_at__isnull=False, sealed_private_key=""),
                        name="a_retired_key_is_forgotten",
                    ),
                ],
            },
        ),
        migrations.RunSQL(UNCOMPRESSED, migrations.RunSQL.noop),
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
