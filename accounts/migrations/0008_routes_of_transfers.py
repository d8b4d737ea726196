"""Each kind of transfer connects its own kinds of account, in its own books; and a wallet's lines stream by id.

The statement trigger checks it for the whole set: it reads both ends of each transfer anyway.
"""

import django.db.models.deletion
from django.db import migrations, models

PERMITS = """
CREATE FUNCTION ledger_permits(kind text, source text, target text, demo boolean) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE kind
        WHEN 'stake' THEN source = 'wallet' AND target = 'house'
        WHEN 'payout' THEN source = 'house' AND target = 'wallet'
        WHEN 'grant' THEN source = 'funding' AND target = 'wallet' AND demo
        WHEN 'return' THEN source = 'wallet' AND target = 'funding' AND demo
        WHEN 'deposit' THEN source = 'funding' AND target = 'wallet' AND NOT demo
        WHEN 'withdrawal' THEN source = 'wallet' AND target = 'funding' AND NOT demo
        WHEN 'fee' THEN source = 'wallet' AND target = 'fees' AND NOT demo
        WHEN 'bonus' THEN source = 'bonus' AND target = 'wallet'
        WHEN 'adjustment' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        WHEN 'reversal' THEN (source = 'wallet' AND target = 'house') OR (source = 'house' AND target = 'wallet')
        ELSE false
    END
$$;
"""

UNPERMIT = "DROP FUNCTION ledger_permits;"

APPLY = """
CREATE OR REPLACE FUNCTION ledger_apply_transfers() RETURNS trigger LANGUAGE plpgsql AS $$
{declare}
BEGIN
{checks}
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
"""

BOOKS_ALONE = """
    IF EXISTS (
        SELECT FROM added t
        LEFT JOIN ledger_accounts s ON (s.id, s.currency, s.demo) = (t.source_id, t.currency, t.demo)
        LEFT JOIN ledger_accounts g ON (g.id, g.currency, g.demo) = (t.target_id, t.currency, t.demo)
        WHERE s.id IS NULL OR g.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a transfer stays within one currency and one book'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'one_currency_one_book';
    END IF;
"""

BOOKS_AND_ROUTES = """
    SELECT coalesce(bool_or(s.id IS NULL OR g.id IS NULL), false),
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

    -- And are of the kinds that this kind of transfer connects.
    IF astray THEN
        RAISE EXCEPTION 'a transfer connects the accounts that its kind names'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'a_transfer_keeps_to_its_route';
    END IF;
"""

GUARDED = APPLY.format(declare="DECLARE mixed boolean; astray boolean;", checks=BOOKS_AND_ROUTES)
UNGUARDED = APPLY.format(declare="", checks=BOOKS_ALONE)

OPEN_ACCOUNTS = """
INSERT INTO ledger_accounts (kind, currency, demo, balance, held, revision, created_at)
SELECT kinds.kind, books.currency, books.demo, 0, 0, 0, now()
FROM (SELECT DISTINCT currency, demo FROM ledger_accounts) books, (VALUES ('fees'), ('bonus')) kinds(kind)
ON CONFLICT DO NOTHING
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0007_attempt_tallies")]
    operations = [
        migrations.RunSQL(PERMITS, UNPERMIT),
        migrations.RunSQL(GUARDED, UNGUARDED),
        migrations.RunSQL(OPEN_ACCOUNTS, migrations.RunSQL.noop),
        migrations.RemoveIndex(model_name="transfer", name="transfers_into_wallets"),
        migrations.AlterField(
            model_name="transfer",
            name="source",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="outgoing",
                to="accounts.ledgeraccount",
            ),
        ),
        migrations.AddIndex(
            model_name="transfer", index=models.Index(fields=["source", "id"], name="transfers_by_source")
        ),
        migrations.AddIndex(
            model_name="transfer",
            index=models.Index(
                condition=models.Q(("kind", "stake"), _negated=True),
                fields=["target", "id"],
                name="transfers_by_target",
            ),
        ),
    ]
