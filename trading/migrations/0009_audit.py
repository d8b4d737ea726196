"""Changes of instruments, payouts and signing keys leave events (docs/decisions/0015)."""

from pathlib import Path

from django.db import migrations

SQL = Path(__file__).parents[1] / "sql"
OBJECTS = {
    "audit/audit.sql": """
        DROP TRIGGER audit ON instruments;
        DROP TRIGGER audit ON payout_versions;
        DROP TRIGGER audit ON signing_keys;
    """,
}


class Migration(migrations.Migration):
    dependencies = [("trading", "0008_pruning"), ("accounts", "0008_audit")]
    operations = [
        migrations.RunSQL([(SQL / file).read_text() for file in OBJECTS], [*reversed(OBJECTS.values())]),
    ]
