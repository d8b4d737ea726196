from datetime import datetime
from decimal import Decimal
from uuid import UUID

from accounts.domain.errors import InsufficientFunds
from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.models import LedgerAccount
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers
from accounts.steps.publish_wallet_on_commit import publish_wallet_on_commit


def move_against_house(
    *,
    wallet_id: int,
    amount: Decimal,
    kind: TransferKind,
    reference: UUID,
    now: datetime,
    operator: AccountKind = AccountKind.HOUSE,
) -> None:
    """Move this amount from the house to the wallet, or back if it is negative, in the caller's transaction.

    `operator` names another account of the operator's instead of the house, such as the bonus account.
    Raises InsufficientFunds instead of overdrawing the wallet. The owner's screens show it after the commit.
    """
    wallet = LedgerAccount.objects.get(pk=wallet_id, kind=AccountKind.WALLET)
    currency, demo = wallet.currency, wallet.demo
    house_id = open_operator_accounts(currency=currency, demo=demo, now=now)[operator]
    # Both at once, by id: otherwise a settlement that holds the house and waits for the wallet would deadlock with us.
    ids = LedgerAccount.objects.filter(pk__in=[wallet_id, house_id]).order_by("pk")
    locked = {account.pk: account for account in ids.select_for_update(no_key=True)}
    if locked[wallet_id].balance - locked[wallet_id].held + amount < 0:
        raise InsufficientFunds
    source, target = (house_id, wallet_id) if amount > 0 else (wallet_id, house_id)
    post_transfers([Move(kind, Phase.SINGLE, source, target, abs(amount), currency, demo, reference)], now=now)
    publish_wallet_on_commit(wallet_id)
