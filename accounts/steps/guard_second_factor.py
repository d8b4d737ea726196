"""Guards the removal of second factors: each deletion by allauth passes here (see accounts/apps.py)."""

from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.domain.access.scopes import SecondFactorInUse
from accounts.models import User
from accounts.selectors.access.second_factors import KINDS, is_last_of_a_withdrawer


def refuse_needed_removal(*, authenticator: Authenticator, now: datetime) -> None:
    """Raise SecondFactorInUse for the last second factor of a person with an API key that may withdraw.

    Runs before the deletion, in its transaction. It locks the person's row, as the creation of keys does: so both come
    one after the other.
    """
    list(User.objects.select_for_update(no_key=True).filter(pk=authenticator.user_id).values_list("pk"))
    if is_last_of_a_withdrawer(authenticator, now=now):
        raise SecondFactorInUse


def note_removal(*, authenticator: Authenticator, now: datetime) -> None:
    """Store the time at which a person's last second factor went, after its deletion and in the same transaction."""
    if authenticator.type in KINDS:
        left = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=KINDS)
        if not left.exists():
            User.objects.filter(pk=authenticator.user_id).update(second_factor_removed_at=now)
