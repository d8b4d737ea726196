"""Real money for a trader of the fuzz."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

from django.db import transaction

from accounts.models import Deposit
from accounts.services.ledger.open_wallet import open_wallet
from accounts.steps.cashier.move_real_money import credit
from accounts.tests.cast import NOON
from trading.tests.cast import Trader


def fund(person: Trader, amount: Decimal) -> None:
    """Gives real money by a deposit that is done: its terms and its payment aren't the fuzz's subject."""
    wallet, _is_new = open_wallet(user_id=person.user.pk, currency="USDT", now=NOON)
    with transaction.atomic():
        deposit = Deposit.objects.create(
            id=uuid4(),
            user_id=person.user.pk,
            wallet_id=wallet.id,
            idempotency_key=uuid4().hex,
            amount=amount,
            currency="USDT",
            provider="manual",
            requested_at=NOON,
            expires_at=NOON + timedelta(days=1),
        )
        Deposit.objects.filter(pk=deposit.pk).update(state="done", ended_at=NOON)
        credit(deposit, now=NOON)
