-- Checks the transfers that a statement adds, and moves the balances by them: the only way in which a balance changes.
--
-- A transfer stays within one currency and one book, connects the accounts that its kind names, and if it ends a
-- pending transfer, ends exactly that one. Works as the tables' owner: no login needs the right to write a balance.
CREATE OR REPLACE FUNCTION ledger_apply_transfers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
    mixed boolean;
    astray boolean;
BEGIN
    SELECT
        coalesce(bool_or(s.id IS NULL OR g.id IS NULL), false),
        coalesce(bool_or(NOT ledger_permits(t.kind, s.kind, g.kind, t.demo)), false)
    INTO mixed, astray
    FROM added t
    LEFT JOIN ledger_accounts s ON (s.id, s.currency, s.demo) = (t.source_id, t.currency, t.demo)
    LEFT JOIN ledger_accounts g ON (g.id, g.currency, g.demo) = (t.target_id, t.currency, t.demo);

    -- Both ends exist and belong to the transfer's own currency and book: demo and real never mix.
    IF mixed THEN
        RAISE EXCEPTION 'a transfer stays within one currency and one book'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'one_currency_one_book';
    END IF;

    -- Both ends are of the kinds that this kind of transfer connects.
    IF astray THEN
        RAISE EXCEPTION 'a transfer connects the accounts that its kind names'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_transfer_keeps_to_its_route';
    END IF;

    -- A resolution ends exactly what its pending transfer reserved.
    IF EXISTS (
        SELECT FROM added t
        LEFT JOIN transfers p ON p.phase = 'pending'
            AND (p.reference, p.kind, p.source_id, p.target_id, p.amount)
              = (t.reference, t.kind, t.source_id, t.target_id, t.amount)
        WHERE t.phase IN ('post', 'void') AND p.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a resolution needs its pending transfer'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'resolution_of_a_pending_transfer';
    END IF;

    -- Locks in id order, here as everywhere; then one update per account, however many transfers there are.
    -- NO KEY: these updates never change a key, so trades that reference a wallet needn't wait for them.
    PERFORM FROM ledger_accounts WHERE id IN (
        SELECT source_id FROM added
        UNION SELECT target_id FROM added WHERE phase IN ('single', 'post')
    ) ORDER BY id FOR NO KEY UPDATE;

    UPDATE ledger_accounts a
    SET balance = a.balance + d.balance, held = a.held + d.held, revision = a.revision + 1
    FROM (
        SELECT account_id, sum(balance) AS balance, sum(held) AS held
        FROM (
            SELECT
                source_id AS account_id,
                CASE WHEN phase IN ('single', 'post') THEN -amount ELSE 0 END AS balance,
                CASE phase WHEN 'pending' THEN amount WHEN 'single' THEN 0 ELSE -amount END AS held
            FROM added
            UNION ALL
            SELECT target_id, amount, 0 FROM added WHERE phase IN ('single', 'post')
        ) entries
        GROUP BY account_id
    ) d
    WHERE a.id = d.account_id;
    RETURN NULL;
END $$;

-- A login that may call it could hang it on a table of its own, and move balances by it.
REVOKE ALL ON FUNCTION ledger_apply_transfers FROM PUBLIC;

CREATE OR REPLACE TRIGGER apply_transfers AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_transfers();
