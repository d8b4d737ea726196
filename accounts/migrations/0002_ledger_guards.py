"""The ledger guards itself: whoever writes to it, by whatever program, these rules hold.

- Inserting transfers is the only way to change a balance: a statement trigger checks the set and applies it.
- Transfers are never updated or deleted; accounts are never deleted, re-owned or re-denominated.
"""

from django.db import migrations

APPLY = """
CREATE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- Both ends exist and belong to the transfer's own currency and book: demo and real never mix.
    IF EXISTS (
        SELECT FROM added t
        LEFT JOIN ledger_accounts s ON (s.id, s.currency, s.demo) = (t.source_id, t.currency, t.demo)
        LEFT JOIN ledger_accounts g ON (g.id, g.currency, g.demo) = (t.target_id, t.currency, t.demo)
        WHERE s.id IS NULL OR g.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a transfer stays within one currency and one book'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'one_currency_one_book';
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
            SELECT source_id AS account_id,
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

CREATE TRIGGER apply_transfers AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION ledger_apply_transfers();
"""

UNAPPLY = """
DROP TRIGGER apply_transfers ON transfers;
DROP FUNCTION ledger_apply_transfers;
"""

REFUSE = """
CREATE FUNCTION ledger_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% of % is refused: %', TG_OP, TG_TABLE_NAME, TG_ARGV[0]
        USING ERRCODE = 'restrict_violation', CONSTRAINT = TG_NAME, TABLE = TG_TABLE_NAME;
END $$;

CREATE TRIGGER transfers_are_for_ever BEFORE UPDATE OR DELETE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('transfers are for ever');

CREATE TRIGGER accounts_start_empty BEFORE INSERT ON ledger_accounts
    FOR EACH ROW WHEN (NEW.balance <> 0 OR NEW.held <> 0)
    EXECUTE FUNCTION ledger_refuse('an account starts empty');

CREATE TRIGGER only_transfers_change_balances BEFORE UPDATE ON ledger_accounts
    FOR EACH ROW WHEN (
        (OLD.balance, OLD.held, OLD.revision) IS DISTINCT FROM (NEW.balance, NEW.held, NEW.revision)
        AND pg_trigger_depth() = 0
    )
    EXECUTE FUNCTION ledger_refuse('only transfers change balances');

CREATE TRIGGER accounts_keep_their_identity BEFORE UPDATE ON ledger_accounts
    FOR EACH ROW WHEN (
        (OLD.id, OLD.kind, OLD.owner_id, OLD.currency, OLD.demo)
            IS DISTINCT FROM (NEW.id, NEW.kind, NEW.owner_id, NEW.currency, NEW.demo)
    )
    EXECUTE FUNCTION ledger_refuse('an account keeps its owner, currency and book');

CREATE TRIGGER accounts_are_kept BEFORE DELETE ON ledger_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_refuse('accounts are kept');
"""

PERMIT = """
DROP TRIGGER transfers_are_for_ever ON transfers;
DROP TRIGGER accounts_start_empty ON ledger_accounts;
DROP TRIGGER only_transfers_change_balances ON ledger_accounts;
DROP TRIGGER accounts_keep_their_identity ON ledger_accounts;
DROP TRIGGER accounts_are_kept ON ledger_accounts;
DROP FUNCTION ledger_refuse;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]
    operations = [migrations.RunSQL(APPLY, UNAPPLY), migrations.RunSQL(REFUSE, PERMIT)]
