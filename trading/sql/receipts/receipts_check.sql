-- The receipts of a wallet are one chain without a gap: each has the number after, and the digest of, the one before.
-- And each belongs to the acceptance that it is of: a trade or a close order of that wallet.
CREATE OR REPLACE FUNCTION receipts_check() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a LEFT JOIN receipts b ON (b.wallet_id, b.number) = (a.wallet_id, a.number - 1)
        WHERE a.previous IS DISTINCT FROM CASE a.number WHEN 1 THEN decode(repeat('00', 32), 'hex') ELSE b.digest END
           OR octet_length(a.digest) <> 32
    ) THEN
        RAISE EXCEPTION 'a receipt that does not follow the one before it'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'receipts_are_one_chain', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        SELECT FROM added a
        WHERE NOT EXISTS (SELECT FROM flash_trades t WHERE (t.id, t.wallet_id) = (a.id, a.wallet_id))
          AND NOT EXISTS (
            SELECT FROM close_orders c JOIN flash_trades t ON t.id = c.trade_id
            WHERE (c.id, t.wallet_id) = (a.id, a.wallet_id)
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
