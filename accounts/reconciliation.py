"""The ledger added up again from its transfers alone: what the guards promise, proved instead of believed."""

from dataclasses import dataclass

from django.db import connection

# Deliberately another way than the trigger's: the whole history at once, by account.
BALANCES = """
    WITH entries AS (
        SELECT source_id AS account_id,
               CASE WHEN phase IN ('single', 'post') THEN -amount ELSE 0 END AS balance,
               CASE phase WHEN 'pending' THEN amount WHEN 'single' THEN 0 ELSE -amount END AS held
        FROM transfers
        UNION ALL
        SELECT target_id, amount, 0 FROM transfers WHERE phase IN ('single', 'post')
    ),
    told AS (SELECT account_id, sum(balance) AS balance, sum(held) AS held FROM entries GROUP BY account_id)
    SELECT 'balance-equals-transfers', 'account ' || coalesce(a.id, t.account_id),
           format('balance %%s held %%s, by its transfers %%s and %%s',
                  a.balance, a.held, coalesce(t.balance, 0), coalesce(t.held, 0))
    FROM ledger_accounts a FULL JOIN told t ON t.account_id = a.id
    WHERE a.id IS NULL OR a.balance <> coalesce(t.balance, 0) OR a.held <> coalesce(t.held, 0)
"""

SUMS = """
    SELECT 'book-sums-to-zero', currency || CASE WHEN demo THEN ' demo' ELSE ' real' END, sum(balance)::text
    FROM ledger_accounts GROUP BY currency, demo HAVING sum(balance) <> 0
"""

OVERDRAWN = """
    SELECT 'wallet-not-negative', 'account ' || id, format('balance %%s held %%s', balance, held)
    FROM ledger_accounts WHERE kind = 'wallet' AND NOT (0 <= held AND held <= balance)
"""

MIXED = """
    SELECT 'one-currency-one-book', 'transfer ' || t.id, format('%%s to %%s', t.source_id, t.target_id)
    FROM transfers t
    LEFT JOIN ledger_accounts s ON (s.id, s.currency, s.demo) = (t.source_id, t.currency, t.demo)
    LEFT JOIN ledger_accounts g ON (g.id, g.currency, g.demo) = (t.target_id, t.currency, t.demo)
    WHERE s.id IS NULL OR g.id IS NULL
"""

STAKES = """
    WITH stakes AS ({stakes}),
    openings AS (SELECT reference, source_id, amount FROM transfers WHERE kind = 'stake' AND phase = 'pending'),
    ends AS (SELECT reference FROM transfers WHERE kind = 'stake' AND phase IN ('post', 'void'))
    SELECT 'one-opening-and-one-resolution', 'trade ' || coalesce(s.reference, o.reference),
           format('staked %%s, opening %%s, settled %%s, resolved %%s',
                  s.stake, o.amount, s.settled, e.reference IS NOT NULL)
    FROM stakes s FULL JOIN openings o USING (reference) LEFT JOIN ends e USING (reference)
    WHERE s.reference IS NULL OR o.reference IS NULL OR s.stake <> o.amount OR s.wallet_id <> o.source_id
       OR s.settled <> (e.reference IS NOT NULL)
"""


REVERSALS = """
    WITH corrections AS ({corrections}),
    reversals AS (
        SELECT t.reference, CASE a.kind WHEN 'wallet' THEN a.id ELSE t.target_id END AS wallet_id,
               CASE a.kind WHEN 'wallet' THEN -t.amount ELSE t.amount END AS amount
        FROM transfers t JOIN ledger_accounts a ON a.id = t.source_id WHERE t.kind = 'reversal'
    )
    SELECT 'one-reversal-each', 'trade ' || coalesce(c.reference, r.reference),
           format('due %%s, corrected by %%s, reversed %%s', c.due, c.amount, r.amount)
    FROM corrections c FULL JOIN reversals r USING (reference)
    WHERE (c.due, c.amount, c.wallet_id) IS DISTINCT FROM (r.amount, r.amount, r.wallet_id)
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something in the ledger that must not be: which check found it, about what, and what is there."""

    check: str
    subject: str
    detail: str


def ledger_faults() -> list[Fault]:
    """What is wrong in the ledger by itself: balances, holds, sums, negatives, mixed books. Empty when all is right."""
    return [fault for check in (BALANCES, SUMS, OVERDRAWN, MIXED) for fault in _found(check)]


def stake_faults(stakes: str) -> list[Fault]:
    """Trades and holds that don't match: each trade has one opening, and a resolution exactly when it is settled.

    `stakes` is a SELECT of reference, wallet_id, stake and settled, one row a trade.
    """
    return _found(STAKES.format(stakes=stakes))


def reversal_faults(corrections: str) -> list[Fault]:
    """Void trades and reversing transfers that don't match: each gives back exactly what its trade moved.

    `corrections` is a SELECT of reference, wallet_id, amount and due, one row a void trade.
    """
    return _found(REVERSALS.format(corrections=corrections))


def _found(query: str) -> list[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(query, {})
        return [Fault(*row) for row in cursor.fetchall()]
