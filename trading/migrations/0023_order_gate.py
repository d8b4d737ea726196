"""Who changes what orders are taken under waits for the orders in flight, and no price waits for that.

Until now that was a lock on the table of instruments, which the foreign key of a new price looks into: while a change
waited for an order, the feed waited too.
"""

from django.db import migrations

# Orders hold this table in ROW SHARE from the statement on that reads their instruments: a lock on a table is taken before
# the statement's snapshot, so an order that has waited sees the change. There is never a row in it. A backup, which
# reads all tables for as long as it takes, is in nobody's way.
GATE = """
CREATE TABLE order_gate ();

CREATE FUNCTION hold_orders() RETURNS void LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
BEGIN
    LOCK TABLE order_gate IN EXCLUSIVE MODE;
END $$;
"""

RECOUNT = """
CREATE OR REPLACE FUNCTION liability_recount() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = public, pg_temp SET lock_timeout = '5s' AS $$
DECLARE
    in_total CONSTANT timestamptz := '1970-01-01T00:00:00Z';
BEGIN
    {hold};
    PERFORM FROM flash_trades WHERE instrument_id = NEW.id AND state <> 'settled' ORDER BY id FOR NO KEY UPDATE;
    DELETE FROM liability_slots WHERE instrument_id = NEW.id;
    INSERT INTO liability_slots (instrument_id, demo, bucket, stripe, allotted, used, tilt)
    SELECT instrument_id, demo, b.bucket, wallet_id % 16, 0, sum(payout - stake),
           sum((payout - stake) * (CASE direction WHEN 'up' THEN 1 ELSE -1 END))
    FROM flash_trades t, LATERAL (
        VALUES (date_trunc('minute', t.expires_at, 'UTC'), NEW.bucket_liability_max), (in_total, NEW.liability_max)
    ) AS b(bucket, cap)
    WHERE instrument_id = NEW.id AND state <> 'settled' AND b.cap IS NOT NULL
    GROUP BY 1, 2, 3, 4;
    RETURN NULL;
END $$;
"""

OPEN = """
DROP FUNCTION hold_orders;
DROP TABLE order_gate;
"""


class Migration(migrations.Migration):
    dependencies = [("trading", "0021_early_close")]
    operations = [
        migrations.RunSQL(GATE, OPEN),
        migrations.RunSQL(
            RECOUNT.format(hold="PERFORM hold_orders()"),
            RECOUNT.format(hold="LOCK TABLE instruments IN EXCLUSIVE MODE"),
        ),
    ]
