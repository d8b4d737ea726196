import secrets
import string
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from accounts.domain.access.api_keys import KeyTerms, TooManyKeys, secret_hash, token_of
from accounts.domain.access.scopes import (
    API_KEYS_MAX,
    AccountClosed,
    AccountFrozen,
    Scope,
    SecondFactorNotSet,
    session_mark,
)
from accounts.models import ApiKey, User
from accounts.sealing import seal
from accounts.selectors.access.api_keys import live_keys
from accounts.selectors.access.guards import has_second_factor
from accounts.steps.log_on_commit import log_on_commit
from accounts.steps.tell_by_mail import tell_by_mail

ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class MadeKey:
    """A new key. `secret` is shown once: the Bearer token or, for a key that signs, the signing secret."""

    key: ApiKey
    secret: str


def make_api_key(*, user_id: int, terms: KeyTerms, now: datetime, session_key: str | None = None) -> MadeKey:
    """Create a key for a person who has confirmed it (see `confirm_owner`), and mail them about it.

    `session_key` is the session that asks for it; None from the shell.
    Raises TooManyKeys, SecondFactorNotSet for the withdraw scope, AccountFrozen or AccountClosed.
    """
    secret = secrets.token_urlsafe(32)
    prefix = "".join(secrets.choice(ALPHABET) for _ in range(12))
    with transaction.atomic(durable=True):
        # The row's lock makes the count exact: keys of one person are created one after the other.
        user = User.objects.select_for_update(no_key=True).get(pk=user_id)
        _check(user, terms, now)
        key = ApiKey.objects.create(
            user=user,
            name=terms.name,
            prefix=prefix,
            secret_hash=secret_hash(secret),
            encrypted_secret=seal(secret) if terms.signs else "",
            scopes=list(terms.scopes),
            networks=list(terms.networks),
            stake_max=terms.limits.stake_max,
            stake_a_day=terms.limits.stake_a_day,
            open_trades_max=terms.limits.open_trades_max,
            made_by=session_mark(session_key) if session_key else "",
            created_at=now,
            expires_at=terms.expires_at,
        )
        tell_by_mail(user_id, "api_key_made", key=terms.name, scopes=", ".join(terms.scopes))
        log_on_commit("API key made", user_id=user_id, api_key_id=key.pk)
    return MadeKey(key, secret if terms.signs else token_of(prefix, secret))


def _check(user: User, terms: KeyTerms, now: datetime) -> None:
    if user.closed_at:
        raise AccountClosed
    if not user.is_active:
        raise AccountFrozen
    if Scope.WITHDRAW in terms.scopes and not has_second_factor(user):
        raise SecondFactorNotSet("A key that may withdraw needs one")
    if live_keys(user.pk, now).count() >= API_KEYS_MAX:
        raise TooManyKeys(keys_max=API_KEYS_MAX)
