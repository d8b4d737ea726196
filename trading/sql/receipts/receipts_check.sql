-- The receipts of a wallet are one chain without a gap: each has the number after, and the digest of, the one before.
-- And each belongs to the acceptance that it is of: a trade or a close order of that wallet.
--
-- A session plans it once, in a new house for empty tables: OFFSET 0 and the setting let it find rows by their keys for
-- ever, instead of reading at each order all that have come since.
CREATE OR REPLACE FUNCTION receipts_check() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a LEFT JOIN LATERAL (
            SELECT digest FROM receipts WHERE (wallet_id, number) = (a.wallet_id, a.number - 1) OFFSET 0
        ) b ON true
        WHERE a.previous IS DISTINCT FROM CASE a.number WHEN 1 THEN decode(repeat('00', 32), 'hex') ELSE b.digest END
           OR octet_length(a.digest) <> 32
    ) THEN
        RAISE EXCEPTION 'a receipt that does not follow the one before it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipts_are_one_chain', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        SELECT FROM added a
        WHERE NOT EXISTS (SELECT FROM flash_trades t WHERE (t.id, t.wallet_id) = (a.id, a.wallet_id) OFFSET 0)
          AND NOT EXISTS (
            SELECT FROM close_orders c JOIN flash_trades t ON t.id = c.trade_id
            WHERE (c.id, t.wallet_id) = (a.id, a.wallet_id) OFFSET 0
        )
    ) THEN
        RAISE EXCEPTION 'a receipt of no trade or close order of this wallet'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipts_belong', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER receipts_are_checked AFTER INSERT ON receipts
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION receipts_check();
