from datetime import datetime
from decimal import Decimal
from uuid import uuid4

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction

from accounts.domain.errors import EmailTaken, FieldError, InvalidInput
from accounts.domain.ledger import AccountKind, Move, Phase, TransferKind
from accounts.models import LedgerAccount, User
from accounts.services.open_operator_accounts import open_operator_accounts
from accounts.services.post_transfers import post_transfers

DEMO_CURRENCY = "USDT"
DEMO_GRANT = Decimal("10000.00")


def register_trader(*, email: str, password: str, locale: str, now: datetime) -> User:
    """A new person with a demo wallet of 10,000 USDT. Raises InvalidInput or EmailTaken."""
    email = email.strip().lower()
    _check(email, password)
    # Hashed before the transaction: it takes longer than all the rest together.
    user = User(email=email, locale=locale, joined_at=now)
    user.set_password(password)
    try:
        with transaction.atomic(durable=True):
            user.save(force_insert=True)
            _open_demo_wallet(user, now)
    except IntegrityError as error:
        if "idx_users_email" in str(error):
            raise EmailTaken(email) from error
        raise
    return user


def _check(email: str, password: str) -> None:
    errors = []
    try:
        validate_email(email)
    except ValidationError as error:
        errors += [FieldError("email", "invalid", message) for message in error.messages]
    try:
        validate_password(password, User(email=email))
    except ValidationError as error:
        errors += [FieldError("password", "weak", message) for message in error.messages]
    if "\0" in email + password or len(email) > 254 or len(password) > 1000:
        errors.append(FieldError("email", "invalid", "too long or not text"))
    if errors:
        raise InvalidInput(fields=tuple(errors))


def _open_demo_wallet(user: User, now: datetime) -> None:
    operator = open_operator_accounts(currency=DEMO_CURRENCY, demo=True, now=now)
    wallet = LedgerAccount.objects.create(
        kind=AccountKind.WALLET, owner=user, currency=DEMO_CURRENCY, demo=True, created_at=now
    )
    grant = Move(
        kind=TransferKind.GRANT,
        phase=Phase.SINGLE,
        source_id=operator[AccountKind.FUNDING],
        target_id=wallet.pk,
        amount=DEMO_GRANT,
        currency=DEMO_CURRENCY,
        demo=True,
        reference=uuid4(),
    )
    post_transfers([grant], now=now)
