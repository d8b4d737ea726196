from accounts.domain.ledger.transfers import AccountKind
from accounts.models import LedgerAccount, User


def lock_person(user_id: int) -> None:
    """Lock all wallets of one person, in id order, for the rest of the caller's transaction.

    Whatever changes what they may do (limits, exclusions, a freeze, closing the account) takes this lock, and orders,
    deposits and top-ups read it under the same one: what is committed afterwards has seen the change.
    """
    # The person first: two changes at once come one after the other even if there is no wallet.
    list(User.objects.select_for_update(no_key=True).filter(pk=user_id).values_list("pk"))
    wallets = LedgerAccount.objects.select_for_update(no_key=True).filter(kind=AccountKind.WALLET, owner_id=user_id)
    list(wallets.order_by("id").values_list("pk"))
