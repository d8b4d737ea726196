"""Real money for a trader of the fuzz."""

from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.domain.ledger.transfers import Move, Phase, TransferKind
from accounts.selectors.ledger.wallets import house_ids
from accounts.services.ledger.open_wallet import open_wallet
from accounts.steps.post_transfers import post_transfers
from accounts.tests.cast import NOON
from trading.tests.cast import Trader


def fund(person: Trader, amount: Decimal) -> None:
    """Gives real money by an adjustment: a deposit would need its own history."""
    wallet, _is_new = open_wallet(user_id=person.user.pk, currency="USDT", now=NOON)
    house = house_ids()["USDT", False]
    with transaction.atomic():
        moves = [Move(TransferKind.ADJUSTMENT, Phase.SINGLE, house, wallet.id, amount, "USDT", False, uuid4())]
        post_transfers(moves, now=NOON)
