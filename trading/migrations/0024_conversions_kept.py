"""What a trade needs of the indexes that convert others: pruning keeps it, as it keeps the trade's own prices."""

from django.db import migrations

SPANS = """
SELECT id AS trade_id, instrument_id, accepted_at - interval '2 s' AS since, entry_at + interval '5 s' AS until
FROM flash_trades
UNION ALL
SELECT id, instrument_id, expires_at - interval '1 s' * CASE
    WHEN duration_seconds >= 3600 THEN 59 WHEN duration_seconds >= 300 THEN 4 ELSE 2 END, expires_at
FROM flash_trades
UNION ALL
SELECT id, instrument_id, sold_priced_at - interval '302 s', sold_priced_at + interval '2 s'
FROM flash_trades WHERE outcome = 'sold'
"""

# A price was converted by one that was at most 3 seconds older.
CONVERTED = f"""
CREATE OR REPLACE VIEW price_spans_needed AS
WITH own AS ({SPANS})
SELECT trade_id, instrument_id, since, until FROM own
UNION ALL
SELECT trade_id, c.id, since - interval '3 s', until FROM own CROSS JOIN instruments c WHERE NOT c.tradable;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0023_order_gate")]
    operations = [migrations.RunSQL(CONVERTED, f"CREATE OR REPLACE VIEW price_spans_needed AS {SPANS};")]
