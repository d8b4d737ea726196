-- A trade stakes its trader's own money, from a wallet of its book, in the currency of an instrument that is traded.
--
-- A session plans it once, in a new house for empty tables: OFFSET 0 and the setting let it find rows by their keys for
-- ever, instead of reading at each order all that have come since.
CREATE OR REPLACE FUNCTION trades_check_ends() RETURNS trigger
LANGUAGE plpgsql SET enable_seqscan = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM added a WHERE NOT EXISTS (
            SELECT FROM ledger_accounts w WHERE
            (w.id, w.kind, w.owner_id, w.currency, w.demo) = (a.wallet_id, 'wallet', a.user_id, a.currency, a.demo)
            OFFSET 0
        )
    ) THEN
        RAISE EXCEPTION 'not a wallet of this person, currency and book'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'wallet_of_its_trader', TABLE = TG_TABLE_NAME;
    END IF;
    IF EXISTS (
        SELECT FROM added a LEFT JOIN instruments i
            ON (i.id, i.currency, i.tradable) = (a.instrument_id, a.currency, true)
        WHERE i.id IS NULL
    ) THEN
        RAISE EXCEPTION 'not a traded instrument of this currency'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'traded_instrument_of_its_currency', TABLE = TG_TABLE_NAME;
    END IF;
    RETURN NULL;
END $$;

CREATE OR REPLACE TRIGGER stakes_come_from_their_trader AFTER INSERT ON flash_trades
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION trades_check_ends();
