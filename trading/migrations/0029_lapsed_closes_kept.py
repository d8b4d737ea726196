"""Pruning keeps what any close order was decided by: also those that lapsed are in the proof of their trade."""

from django.db import migrations

NEEDED = """
CREATE OR REPLACE VIEW price_spans_needed AS
WITH own AS (
    SELECT id AS trade_id, instrument_id, accepted_at - interval '2 s' AS since, entry_at + interval '5 s' AS until
    FROM flash_trades
    UNION ALL
    SELECT id, instrument_id, expires_at - interval '1 s' * CASE
        WHEN duration_seconds >= 3600 THEN 59 WHEN duration_seconds >= 300 THEN 4 ELSE 2 END, expires_at
    FROM flash_trades
    UNION ALL
    {sale}
)
SELECT trade_id, instrument_id, since, until FROM own
UNION ALL
SELECT trade_id, c.id, since - interval '3 s', until FROM own CROSS JOIN instruments c WHERE NOT c.tradable;
"""
SOLD = """
    SELECT id, instrument_id, sold_priced_at - interval '302 s', sold_priced_at + interval '2 s'
    FROM flash_trades WHERE outcome = 'sold'
"""
ASKED = """
    SELECT t.id, t.instrument_id, c.close_at - interval '302 s', c.close_at + interval '2 s'
    FROM close_orders c JOIN flash_trades t ON t.id = c.trade_id
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0028_voided_trades")]
    operations = [migrations.RunSQL(NEEDED.format(sale=ASKED), NEEDED.format(sale=SOLD))]
