"""What somebody proves themselves with beyond a password."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from allauth.mfa.models import Authenticator

from accounts.domain.access.scopes import Scope
from accounts.models import User
from accounts.selectors.access.api_keys import live_keys

KINDS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)


@dataclass(frozen=True, slots=True)
class Passkey:
    id: int
    name: str
    added_at: datetime
    last_used_at: datetime | None


@dataclass(frozen=True, slots=True)
class SecondFactors:
    """Somebody's app, passkeys and unused recovery codes; `app_since` None: no app."""

    app_since: datetime | None
    app_used_at: datetime | None
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int

    @property
    def are_set(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def second_factors_of(user_id: int) -> SecondFactors:
    """All that this person has set up."""
    rows = list(Authenticator.objects.filter(user_id=user_id).order_by("id"))
    app = next((row for row in rows if row.type == Authenticator.Type.TOTP), None)
    codes = next((row for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None)
    return SecondFactors(
        app_since=app.created_at if app else None,
        app_used_at=app.last_used_at if app else None,
        passkeys=tuple(
            Passkey(row.pk, row.wrap().name, row.created_at, row.last_used_at)
            for row in rows
            if row.type == Authenticator.Type.WEBAUTHN
        ),
        recovery_codes_left=len(codes.wrap().get_unused_codes()) if codes else 0,
    )


def passkey_names(user_id: int, *, but: int | None = None) -> Collection[str]:
    """The names of somebody's passkeys, of one of them not."""
    passkeys = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).exclude(pk=but)
    return set(passkeys.values_list("data__name", flat=True))


def is_last_of_a_withdrawer(authenticator: Authenticator, *, now: datetime) -> bool:
    """Whether without this one its owner had no second factor, and has an API key that may withdraw."""
    if authenticator.type not in KINDS:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=KINDS).exclude(pk=authenticator.pk)
    keys = live_keys(authenticator.user_id, now).filter(scopes__contains=[Scope.WITHDRAW])
    return bool(not others.exists() and keys.exists())


def second_factor_removed_at(user_id: int) -> datetime | None:
    """When this person last gave up their last second factor: withdrawals rest for SECOND_FACTOR_LOCK from then."""
    return User.objects.values_list("second_factor_removed_at", flat=True).get(pk=user_id)
