"""allauth deletes authenticators over several doors; each deletion passes here (see accounts/apps.py)."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.domain.access.scopes import SecondFactorInUse
from accounts.models import User
from accounts.selectors.access.second_factors import KINDS, is_last_of_a_withdrawer


def refuse_needed_removal(*, authenticator: Authenticator, now: datetime) -> None:
    """Before the deletion, in its transaction. Raises SecondFactorInUse for the last one of somebody with an API key
    that may withdraw. Removals, and the making of keys, come one after the other: they lock the person's row."""
    list(User.objects.select_for_update(no_key=True).filter(pk=authenticator.user_id).values_list("pk"))
    if is_last_of_a_withdrawer(authenticator, now=now):
        raise SecondFactorInUse


def note_removal(*, authenticator: Authenticator, now: datetime) -> None:
    """After the deletion, in its transaction: writes down when somebody's last second factor went."""
    if authenticator.type in KINDS:
        left = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=KINDS)
        if not left.exists():
            User.objects.filter(pk=authenticator.user_id).update(second_factor_removed_at=now)
