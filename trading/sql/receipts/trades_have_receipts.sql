-- A trade is stored together with its receipt, by one statement: from a day after the first receipt on.
--
-- Within that day an upgrade may still have a program that knows no receipts. The day is looked at only where a receipt
-- is missing. `reconcile_ledger` asks the same of the rows that are there.
--
-- A session plans it once, in a new house for empty tables: OFFSET 0 and the setting let it find rows by their keys for
-- ever, instead of reading at each order all that have come since.
CREATE OR REPLACE FUNCTION trades_have_receipts() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (SELECT FROM added a WHERE NOT EXISTS (SELECT FROM receipts r WHERE r.id = a.id OFFSET 0)) AND EXISTS (
        SELECT FROM added a
        JOIN (SELECT id FROM receipts ORDER BY id LIMIT 1) AS first ON true
        LEFT JOIN flash_trades t ON t.id = first.id
        LEFT JOIN close_orders c ON c.id = first.id
        WHERE a.accepted_at > coalesce(t.accepted_at, c.asked_at) + interval '1 day'
          AND NOT EXISTS (SELECT FROM receipts r WHERE r.id = a.id OFFSET 0)
    ) THEN
        RAISE EXCEPTION 'a trade without a receipt'
            USING ERRCODE = 'check_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER trades_have_receipts AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trades_have_receipts();
