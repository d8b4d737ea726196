"""The house's own account."""

from decimal import Decimal

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount


def house_balances() -> dict[tuple[str, bool], Decimal]:
    """The balance of the house by (currency, demo): all that it has earned less all that it has lost."""
    rows = LedgerAccount.objects.filter(kind=AccountKind.HOUSE, owner=None)
    return {(currency, demo): balance for currency, demo, balance in rows.values_list("currency", "demo", "balance")}
