"""Recomputes the ledger from its transfers alone."""

from decimal import Decimal

from django.db import connection

# Deliberately a different method than the trigger's: account by account over the whole history.
RECOUNT = """
    SELECT a.id, a.kind, a.currency, a.demo, a.balance, a.held,
        (SELECT coalesce(sum(amount), 0) FROM transfers WHERE target_id = a.id AND phase IN ('single', 'post')),
        (SELECT coalesce(sum(amount), 0) FROM transfers WHERE source_id = a.id AND phase IN ('single', 'post')),
        (SELECT coalesce(sum(p.amount), 0) FROM transfers p
         WHERE p.source_id = a.id AND p.phase = 'pending' AND NOT EXISTS (
            SELECT FROM transfers r
            WHERE (r.reference, r.kind) = (p.reference, p.kind) AND r.phase IN ('post', 'void')))
    FROM ledger_accounts a
"""


def assert_the_ledger_balances() -> None:
    """Each balance and hold equals its transfers, each book sums to zero, no wallet is overdrawn."""
    sums: dict[tuple[str, bool], Decimal] = {}
    with connection.cursor() as cursor:
        cursor.execute(RECOUNT)
        rows = cursor.fetchall()
    for id, kind, currency, demo, balance, held, came, went, reserved in rows:
        assert balance == came - went, f"balance of account {id}"
        assert held == reserved, f"hold of account {id}"
        assert kind != "wallet" or 0 <= held <= balance, f"wallet {id} is overdrawn"
        sums[currency, demo] = sums.get((currency, demo), Decimal(0)) + balance
    assert not any(sums.values()), sums
