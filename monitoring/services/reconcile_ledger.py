from dataclasses import dataclass

from django.db import connection, transaction

from accounts.reconciliation import Fault, cashier_faults, ledger_faults, reversal_faults, stake_faults
from trading.selectors.liability import liability_faults
from trading.selectors.payouts import payout_faults
from trading.selectors.proof.receipt_faults import receipt_faults
from trading.selectors.proof.term_faults import term_faults
from trading.selectors.trades import CORRECTIONS, STAKES

WORK_MEMORY = "64MB"
"""For each sort and hash of a proof: with less, a large ledger's are written to disk and read again."""


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """The numbers of rows checked, and the faults found; nothing is ever repaired silently."""

    accounts: int
    transfers: int
    trades: int
    faults: tuple[Fault, ...]


def reconcile_ledger() -> Reconciliation:
    """Prove the ledger from its transfers, all at one moment, also during other work."""
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        cursor.execute("SET LOCAL statement_timeout = 0")  # it adds up everything
        # In one process: parallel ones share their hashes in /dev/shm, which a container keeps small.
        cursor.execute(
            "SELECT set_config('work_mem', %s, true), set_config('max_parallel_workers_per_gather', '0', true)",
            [WORK_MEMORY],
        )
        cursor.execute(
            "SELECT (SELECT count(*) FROM ledger_accounts), (SELECT count(*) FROM transfers),"
            f" (SELECT count(*) FROM ({STAKES}) stakes)"
        )
        accounts, transfers, trades = cursor.fetchone()
        faults = (
            *ledger_faults(),
            *stake_faults(STAKES),
            *reversal_faults(CORRECTIONS),
            *cashier_faults(),
            *liability_faults(),
            *payout_faults(),
            *term_faults(),
            *receipt_faults(),
        )
    return Reconciliation(accounts, transfers, trades, faults)
