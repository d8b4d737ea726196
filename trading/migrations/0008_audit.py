"""Changes of instruments leave events: see accounts/migrations/0010_audit.py.

Trades, their corrections, prices and transfers don't: they are guarded, and are their own history.
"""

from django.db import migrations

TABLES = ("instruments",)


class Migration(migrations.Migration):
    dependencies = [("trading", "0007_corrections"), ("accounts", "0010_audit")]
    operations = [
        migrations.RunSQL(
            f"CREATE TRIGGER audit AFTER INSERT OR UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION audit_record('{}', '{}')",
            f"DROP TRIGGER audit ON {table}",
        )
        for table in TABLES
    ]
