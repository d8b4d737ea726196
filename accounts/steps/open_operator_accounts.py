from datetime import datetime

from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount


def open_operator_accounts(*, currency: str, demo: bool, now: datetime) -> dict[AccountKind, int]:
    """Return the ids, by kind, of the operator's own accounts of a currency and book; create missing ones."""
    kinds = [kind for kind in AccountKind if kind is not AccountKind.WALLET]
    LedgerAccount.objects.bulk_create(
        [LedgerAccount(kind=kind, currency=currency, demo=demo, created_at=now) for kind in kinds],
        ignore_conflicts=True,
    )
    rows = LedgerAccount.objects.filter(owner=None, currency=currency, demo=demo).values_list("kind", "id")
    return {AccountKind(kind): id for kind, id in rows}
