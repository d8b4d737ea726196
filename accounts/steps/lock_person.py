from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount, User


def lock_person(user_id: int) -> None:
    """Lock all wallets of one person, in id order, for the rest of the caller's transaction.

    Changes of a person's rights (limits, exclusions, a freeze, a closed account) take this lock. Orders, deposits and
    top-ups read those rights under the same lock: if they commit after a change, they have seen it.
    """
    # Lock the person first: two changes at once come one after the other, even without a wallet.
    list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))
    wallets = LedgerAccount.objects.select_for_update(no_key=True).filter(kind=AccountKind.WALLET, owner_id=user_id)
    list(wallets.order_by("id").values_list("pk"))
