"""The actions that freeze a person's account and unfreeze it, with four eyes."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext

from accounts.approval_actions import Action, Arguments, Request
from accounts.domain.access.scopes import AccessEnd
from accounts.domain.approvals.requests import AlreadyFrozen, NotFrozen, Role
from accounts.domain.approvals.subjects import Subject
from accounts.domain.errors import NotFound, mark
from accounts.domain.money import tell_money
from accounts.models import User
from accounts.selectors.ledger.wallets import wallets_of
from accounts.steps.end_sessions import end_sessions
from accounts.steps.log_on_commit import log_on_commit


def freezable_user(subject: Subject) -> User:
    """Return the user of `user:<id>`. Raises NotFound, AlreadyFrozen."""
    user = _user(subject)
    if user.frozen_at is not None:
        raise AlreadyFrozen
    return user


def frozen_user(subject: Subject) -> User:
    """Return the user of `user:<id>`. Raises NotFound, NotFrozen."""
    user = _user(subject)
    if user.frozen_at is None:
        raise NotFrozen
    return user


def freeze(request: Request, now: datetime) -> None:
    """Freeze the account: no logins, orders or withdrawals. Sessions and sockets end. Trades under way settle.

    No order that has read "not frozen" commits after this: its owner is locked.
    """
    user = freezable_user(request.about)
    user.is_active, user.frozen_at = False, now
    user.save(update_fields=["is_active", "frozen_at"])
    end_sessions(user_id=user.pk, reason=AccessEnd.FROZEN)
    log_on_commit("account frozen", user_id=user.pk, approval_id=request.id)


def unfreeze(request: Request, now: datetime) -> None:
    """Restore the account. If its owner has closed it, it stays closed."""
    user = frozen_user(request.about)
    user.is_active, user.frozen_at = user.closed_at is None, None
    user.save(update_fields=["is_active", "frozen_at"])
    log_on_commit("account unfrozen", user_id=user.pk, approval_id=request.id)


def describe(request: Request) -> Sequence[tuple[str, str]]:
    user = _user(request.about)
    state = gettext("active") if user.is_active else gettext("frozen") if user.frozen_at else gettext("closed")
    lines = [(gettext("Person"), user.email), (gettext("State"), state)]
    for wallet in wallets_of(user.pk):
        book = gettext("demo") if wallet.demo else gettext("real")
        lines.append((gettext("Balance"), f"{tell_money(wallet.balance, wallet.currency)} ({book})"))
    return lines


def _user(subject: Subject) -> User:
    user = User.objects.filter(pk=subject.number("user")).first()
    if user is None:
        raise NotFound(str(subject))
    return user


def _owner(subject: Subject) -> int:
    return _user(subject).pk


def _read_freeze(subject: Subject, arguments: Arguments) -> dict[str, object]:
    freezable_user(subject)
    return {}


def _read_unfreeze(subject: Subject, arguments: Arguments) -> dict[str, object]:
    frozen_user(subject)
    return {}


FREEZE_USER = Action(
    name="freeze_user",
    title=mark("Freeze an account"),
    read_arguments=_read_freeze,
    execute=freeze,
    describe=describe,
    owner=_owner,
    requesters=(Role.SUPPORT, Role.FINANCE, Role.RISK),
    approvers=(Role.SUPPORT, Role.RISK),
    locks_owner=True,
    subject_page="admin:accounts_user_change",
)
UNFREEZE_USER = Action(
    name="unfreeze_user",
    title=mark("Unfreeze an account"),
    read_arguments=_read_unfreeze,
    execute=unfreeze,
    describe=describe,
    owner=_owner,
    requesters=(Role.SUPPORT,),
    approvers=(Role.RISK,),
    locks_owner=True,
    subject_page="admin:accounts_user_change",
)
