"""Recomputes the ledger from its transfers alone: it proves the promises of the database's guards."""

from dataclasses import dataclass

from django.db import connection

from accounts.domain.ledger.transfers import ROUTES

# Deliberately a different method than the trigger's: the whole history at once, by account.
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

ASTRAY = """
    WITH routes(kind, source, target, demo) AS (VALUES {routes})
    SELECT 'transfer-keeps-to-its-route', 'transfer ' || t.id, format('%%s from %%s to %%s', t.kind, s.kind, g.kind)
    FROM transfers t
    JOIN ledger_accounts s ON s.id = t.source_id JOIN ledger_accounts g ON g.id = t.target_id
    LEFT JOIN routes r ON (r.kind, r.source, r.target, r.demo) = (t.kind, s.kind, g.kind, t.demo)
    WHERE r.kind IS NULL
"""

HELD = """
    WITH stakes AS ({stakes}),
    under_way AS (
        SELECT wallet_id, stake AS amount FROM stakes WHERE NOT settled
        UNION ALL
        SELECT wallet_id, amount + fee FROM withdrawals WHERE state IN ('review', 'approved')
    ),
    due AS (SELECT wallet_id, sum(amount) AS amount FROM under_way GROUP BY wallet_id)
    SELECT 'held-equals-what-is-under-way', 'account ' || coalesce(a.id, d.wallet_id),
           format('held %%s, under way %%s', a.held, coalesce(d.amount, 0))
    FROM ledger_accounts a FULL JOIN due d ON d.wallet_id = a.id
    WHERE a.id IS NULL OR a.held <> coalesce(d.amount, 0)
"""

STAKES = """
    WITH stakes AS ({stakes}),
    openings AS (SELECT reference, source_id, amount FROM transfers WHERE kind = 'stake' AND phase = 'pending'),
    ends AS (SELECT reference, phase FROM transfers WHERE kind = 'stake' AND phase IN ('post', 'void'))
    SELECT 'one-opening-and-one-resolution', 'trade ' || coalesce(s.reference, o.reference),
           format('staked %%s, opening %%s, profit %%s, resolved by %%s', s.stake, o.amount, s.profit, e.phase)
    FROM stakes s FULL JOIN openings o USING (reference) LEFT JOIN ends e USING (reference)
    WHERE s.reference IS NULL OR o.reference IS NULL OR s.stake <> o.amount OR s.wallet_id <> o.source_id
       OR e.phase IS DISTINCT FROM
          CASE WHEN s.settled THEN CASE WHEN s.profit < 0 OR s.sale IS NOT NULL THEN 'post' ELSE 'void' END END
"""

PAYOUTS = """
    WITH stakes AS ({stakes}),
    payouts AS (SELECT reference, target_id AS wallet_id, amount FROM transfers WHERE kind = 'payout'),
    wins AS (SELECT reference, wallet_id, profit AS amount FROM stakes WHERE profit > 0 AND sale IS NULL)
    SELECT 'one-payout-each-win', 'trade ' || coalesce(w.reference, p.reference),
           format('won %%s, paid %%s', w.amount, p.amount)
    FROM wins w FULL JOIN payouts p USING (reference)
    WHERE (w.wallet_id, w.amount) IS DISTINCT FROM (p.wallet_id, p.amount)
"""

SALES = """
    WITH stakes AS ({stakes}),
    paid AS (SELECT reference, target_id AS wallet_id, amount FROM transfers WHERE kind = 'sale'),
    sold AS (SELECT reference, wallet_id, sale AS amount, profit + stake AS due FROM stakes WHERE sale IS NOT NULL)
    SELECT 'one-sale-each-sold-trade', 'trade ' || coalesce(s.reference, p.reference),
           format('sold for %%s, due by its profit %%s, paid %%s', s.amount, s.due, p.amount)
    FROM sold s FULL JOIN paid p USING (reference)
    WHERE (s.wallet_id, s.amount, s.due) IS DISTINCT FROM (p.wallet_id, p.amount, p.amount)
"""

DEPOSITS = """
    WITH credits AS (
        SELECT reference, target_id AS wallet_id, amount, currency FROM transfers WHERE kind = 'deposit'
    ),
    fees AS (SELECT reference, amount FROM transfers WHERE kind = 'fee' AND phase = 'single'),
    credited AS (
        SELECT reference, c.wallet_id, c.amount, c.currency, coalesce(f.amount, 0) AS fee
        FROM credits c FULL JOIN fees f USING (reference)
    ),
    done AS (SELECT id AS reference, wallet_id, amount, currency, fee FROM deposits WHERE state = 'done')
    SELECT 'one-credit-each-deposit', 'deposit ' || coalesce(d.reference, c.reference),
           format('done with %%s, fee %%s; credited %%s, fee %%s', d.amount, d.fee, c.amount, c.fee)
    FROM done d FULL JOIN credited c USING (reference)
    WHERE (d.wallet_id, d.amount, d.currency, d.fee) IS DISTINCT FROM (c.wallet_id, c.amount, c.currency, c.fee)
"""

WITHDRAWALS = """
    WITH parts AS (
        SELECT id AS reference, 'withdrawal' AS kind, wallet_id, amount, state FROM withdrawals
        UNION ALL
        SELECT id, 'fee', wallet_id, fee, state FROM withdrawals WHERE fee > 0
    ),
    due AS (
        SELECT reference, kind, wallet_id, amount,
               CASE WHEN state = 'done' THEN 'post' WHEN state IN ('refused', 'cancelled') THEN 'void' ELSE 'none' END
                   AS ended
        FROM parts
    ),
    moved AS (
        SELECT reference, kind,
               max(source_id) FILTER (WHERE phase = 'pending') AS wallet_id,
               max(amount) FILTER (WHERE phase = 'pending') AS amount,
               coalesce(max(phase) FILTER (WHERE phase IN ('post', 'void')), 'none') AS ended
        FROM transfers WHERE kind = 'withdrawal' OR (kind = 'fee' AND phase <> 'single')
        GROUP BY reference, kind
    )
    SELECT 'withdrawal-matches-its-transfers', 'withdrawal ' || reference,
           format('%%s: due %%s (%%s), moved %%s (%%s)', kind, d.amount, d.ended, m.amount, m.ended)
    FROM due d FULL JOIN moved m USING (reference, kind)
    WHERE (d.wallet_id, d.amount, d.ended) IS DISTINCT FROM (m.wallet_id, m.amount, m.ended)
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


# Each check above compares the sums of pairs; this one takes each transfer by itself.
SUBJECTS = """
    WITH stakes AS ({stakes})
    SELECT 'transfer-has-its-subject', 'transfer ' || t.id, format('%%s %%s of %%s', t.phase, t.kind, t.reference)
    FROM transfers t
    WHERE CASE
        WHEN kind IN ('stake', 'payout', 'sale', 'reversal')
            THEN NOT EXISTS (SELECT FROM stakes s WHERE s.reference = t.reference)
        WHEN kind = 'deposit' OR (kind = 'fee' AND phase = 'single')
            THEN NOT EXISTS (SELECT FROM deposits d WHERE d.id = t.reference)
        WHEN kind IN ('withdrawal', 'fee') THEN NOT EXISTS (SELECT FROM withdrawals w WHERE w.id = t.reference)
        WHEN kind IN ('adjustment', 'bonus')
            THEN NOT EXISTS (SELECT FROM approval_requests r WHERE r.id = t.reference AND r.state = 'executed')
        ELSE false
    END
"""

ENDS = """
    WITH movements AS (
        SELECT 'deposit' AS kind, id, wallet_id, user_id, currency FROM deposits
        UNION ALL
        SELECT 'withdrawal', id, wallet_id, user_id, currency FROM withdrawals
    )
    SELECT m.kind || '-keeps-to-its-owners-wallet', m.kind || ' ' || m.id, format('account %%s', m.wallet_id)
    FROM movements m LEFT JOIN ledger_accounts a
        ON (a.id, a.kind, a.owner_id, a.currency, a.demo) = (m.wallet_id, 'wallet', m.user_id, m.currency, false)
    WHERE a.id IS NULL
"""


@dataclass(frozen=True, slots=True)
class Fault:
    """An error in the ledger: the check that found it, its subject, and the values found."""

    check: str
    subject: str
    detail: str


def ledger_faults() -> list[Fault]:
    """Returns the ledger's own errors: balances, holds, sums, negative wallets, mixed books, wrong routes."""
    routes = ", ".join(
        f"('{kind}', '{route.source}', '{route.target}', {demo})"
        for kind, listed in ROUTES.items()
        for route in listed
        for demo in route.books
    )
    checks = (BALANCES, SUMS, OVERDRAWN, MIXED, ASTRAY.format(routes=routes))
    return [fault for check in checks for fault in _found(check)]


def cashier_faults() -> list[Fault]:
    """Returns the deposits and withdrawals that don't match their transfers.

    Each done deposit has one credit and its fee. Each withdrawal has one reservation, which ended as its state says.
    Both keep to a real wallet of their owner and currency.
    """
    return [*_found(DEPOSITS), *_found(WITHDRAWALS), *_found(ENDS)]


def stake_faults(stakes: str) -> list[Fault]:
    """Returns the trades, holds and payouts that don't match, and the transfers of no trade, payment or request.

    Each trade has one opening. It has a resolution exactly when it is settled, lost or returned as its profit says; a
    payout exactly when it won; a sale exactly when it was sold early. Holds equal the stakes and withdrawals under way.
    `stakes` is a SELECT of reference, wallet_id, stake, settled, profit (null until settled) and sale (null unless
    sold), one row a trade.
    """
    return [
        fault for check in (STAKES, PAYOUTS, SALES, HELD, SUBJECTS) for fault in _found(check.format(stakes=stakes))
    ]


def reversal_faults(corrections: str) -> list[Fault]:
    """Returns the void trades and reversing transfers that don't match: each gives back exactly what its trade moved.

    `corrections` is a SELECT of reference, wallet_id, amount and due, one row a void trade.
    """
    return _found(REVERSALS.format(corrections=corrections))


def _found(query: str) -> list[Fault]:
    with connection.cursor() as cursor:
        cursor.execute(query, {})
        return [Fault(*row) for row in cursor.fetchall()]
