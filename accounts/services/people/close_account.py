from django.db import transaction

from accounts.domain.access.scopes import AccessEnd, AccountClosed, AccountFrozen
from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.mailbox import mailbox_if_any
from accounts.domain.moments import Clock
from accounts.domain.people.closing import AccountInUse
from accounts.models import ApiKey, User
from accounts.selectors.people.closing import obstacles_to_closing
from accounts.services.access.check_own_password import check_own_password
from accounts.services.access.confirm_person import confirm_person
from accounts.steps.end_sessions import end_sessions
from accounts.steps.lock_person import lock_person
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail


def close_account(*, user: User, password: str, code: str | None, confirmation: str, clock: Clock) -> None:
    """Close a person's account for ever, at their own request. Nobody can sign in to it or use its email again.

    `confirmation` is their email, typed once more. The ledger keeps everything.
    Raises InvalidInput (password, confirmation), as `confirm_person`, TooManyAttempts; AccountInUse with each obstacle;
    AccountClosed, AccountFrozen. The clock is read under the lock: nothing seems to happen in a closed account.
    """
    now = clock()
    check_own_password(user=user, password=password, now=now)
    if mailbox_if_any(confirmation) != user.email:
        raise InvalidInput(fields=(FieldError("confirmation", "mismatch", "type the account's email"),))
    confirm_person(user=user, code=code, now=now)
    with transaction.atomic(durable=True):
        lock_person(user.pk)  # parallel orders, deposits and keys come before this and are seen, or after it and fail
        closing, now = User.objects.get(pk=user.pk), clock()
        _check_open(closing)
        closing.is_active, closing.closed_at = False, now
        closing.save(update_fields=["is_active", "closed_at"])
        ApiKey.objects.filter(user_id=user.pk, revoked_at=None).update(revoked_at=now)
        end_sessions(user_id=user.pk, reason=AccessEnd.CLOSED)
        tell_by_mail(user.pk, "account_closed")
        log_on_commit("account closed", user_id=user.pk)


def _check_open(user: User) -> None:
    if user.closed_at is not None:
        raise AccountClosed
    if user.frozen_at is not None:
        raise AccountFrozen
    obstacles = obstacles_to_closing(user.pk)
    if obstacles:
        raise AccountInUse(", ".join(obstacles), obstacles=list(obstacles))
