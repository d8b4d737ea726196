"""Reads a person's second factors: authenticator app, passkeys, recovery codes."""

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
    """A person's app, passkeys and number of unused recovery codes. `app_since` None means no app."""

    app_since: datetime | None
    app_used_at: datetime | None
    passkeys: tuple[Passkey, ...]
    recovery_codes_left: int

    @property
    def are_set(self) -> bool:
        return self.app_since is not None or bool(self.passkeys)


def second_factors_of(user_id: int) -> SecondFactors:
    """Returns all second factors of this person."""
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
    """Returns the names of a person's passkeys, without that of the passkey `but`."""
    passkeys = Authenticator.objects.filter(user_id=user_id, type=Authenticator.Type.WEBAUTHN).exclude(pk=but)
    return set(passkeys.values_list("data__name", flat=True))


def is_last_of_a_withdrawer(authenticator: Authenticator, *, now: datetime) -> bool:
    """Whether its owner has no other second factor, and has an API key that may withdraw."""
    if authenticator.type not in KINDS:
        return False
    others = Authenticator.objects.filter(user_id=authenticator.user_id, type__in=KINDS).exclude(pk=authenticator.pk)
    keys = live_keys(authenticator.user_id, now).filter(scopes__contains=[Scope.WITHDRAW])
    return bool(not others.exists() and keys.exists())


def second_factor_removed_at(user_id: int) -> datetime | None:
    """Returns the time when this person removed their last second factor: SECOND_FACTOR_LOCK counts from then."""
    return User.objects.values_list("second_factor_removed_at", flat=True).get(pk=user_id)
