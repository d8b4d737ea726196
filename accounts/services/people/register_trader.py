from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import uuid4

from allauth.account.models import EmailAddress
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.errors import EmailTaken, FieldError, InvalidInput
from accounts.domain.ledger.transfers import AccountKind, Move, Phase, TransferKind
from accounts.domain.ledger.wallets import DEMO_CURRENCY, DEMO_GRANT
from accounts.domain.mailbox import LENGTH_MAX, mailbox_if_any
from accounts.domain.texts import storable
from accounts.metrics import SIGN_UPS
from accounts.models import LedgerAccount, User
from accounts.models.mailbox_field import validate_mailbox
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.open_operator_accounts import open_operator_accounts
from accounts.steps.post_transfers import post_transfers


def register_trader(*, email: str, password: str, locale: str, now: datetime, verified: bool = False) -> User:
    """Create a person with a demo wallet of 10,000 USDT, who can sign in once the email is `verified`.

    Raises InvalidInput or EmailTaken; a door must not reveal the latter to strangers.
    Both take the same time: the password is hashed before the check for a known email.
    """
    email = mailbox_if_any(email)
    _check(email, password)
    # Hashed before the transaction: it takes longer than all the rest together.
    user = User(email=email, locale=locale, joined_at=now)
    user.set_password(password)
    try:
        with transaction.atomic(durable=True):
            user.save(force_insert=True)
            EmailAddress.objects.create(user=user, email=email, primary=True, verified=verified)
            _open_demo_wallet(user, now)
            log_on_commit("trader registered", user_id=user.pk)
    except IntegrityError as error:
        if constraint_of(error) != "idx_users_email":
            raise
        raise EmailTaken(email) from error
    SIGN_UPS.inc()
    return user


def _check(email: str, password: str) -> None:
    errors = _faults("email", "invalid", email, LENGTH_MAX, validate_mailbox)
    errors += _faults("password", "weak", password, 1000, partial(validate_password, user=User(email=email)))
    if errors:
        raise InvalidInput(fields=tuple(errors))


def _faults(field: str, code: str, text: str, length_max: int, validate: Callable[[str], None]) -> list[FieldError]:
    if not storable(text) or len(text) > length_max:
        return [FieldError(field, code, "too long or not text")]
    try:
        validate(text)
    except ValidationError as error:
        return [FieldError(field, code, message) for message in error.messages]
    return []


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
