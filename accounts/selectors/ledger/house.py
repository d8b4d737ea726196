"""Reads the house's own accounts."""

from decimal import Decimal

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount

HOUSES = "SELECT currency, demo, id AS house_id FROM ledger_accounts WHERE kind = 'house' AND owner_id IS NULL"
"""The houses' accounts, for statements that move money against them. Without an owner: so that an index of a few rows
has them, however many wallets there are."""


def house_balances() -> dict[tuple[str, bool], Decimal]:
    """The balance of the house by (currency, demo): all that it has earned less all that it has lost."""
    rows = LedgerAccount.objects.filter(kind=AccountKind.HOUSE, owner=None)
    return {(currency, demo): balance for currency, demo, balance in rows.values_list("currency", "demo", "balance")}
