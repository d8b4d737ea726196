"""What the ledger and the audit do by themselves they do as their owner: no login needs the right to a balance.

Whoever may insert a transfer moves money by it, whoever changes a person leaves an event; neither may write a balance
or an event. The functions look for tables in `public` alone, and nobody else can call them or hang them on a table.
"""

from django.db import migrations

FUNCTIONS = ("ledger_apply_transfers", "audit_record")


class Migration(migrations.Migration):
    dependencies = [("accounts", "0014_sales")]
    operations = [
        migrations.RunSQL(
            f"ALTER FUNCTION {function} SECURITY DEFINER SET search_path = public, pg_temp;"
            f"REVOKE ALL ON FUNCTION {function} FROM PUBLIC",
            f"ALTER FUNCTION {function} SECURITY INVOKER RESET search_path;"
            f"GRANT EXECUTE ON FUNCTION {function} TO PUBLIC",
        )
        for function in FUNCTIONS
    ]
