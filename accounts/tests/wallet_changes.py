"""Changes of a wallet's balance, as the house makes them."""

from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.domain.ledger.transfers import TransferKind
from accounts.steps.move_against_house import move_against_house
from accounts.tests.cast import NOON, Person


def change(who: Person, amount: str) -> None:
    fact = uuid4()
    with transaction.atomic():
        move_against_house(
            wallet_id=who.wallet.id, amount=Decimal(amount), kind=TransferKind.ADJUSTMENT, reference=fact, now=NOON
        )
