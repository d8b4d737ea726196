"""Authenticates a program by its API key: by its secret, or by a signature that proves the secret."""

from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.db import IntegrityError, transaction

from accounts.database_errors import constraint_of
from accounts.domain.access.api_keys import (
    USE_NOTED_EVERY,
    AddressNotAllowed,
    InvalidKey,
    InvalidSignature,
    SignatureUsed,
    admits,
    check_timestamp,
    read_signature,
    secret_hash,
    signature_of,
    token_parts,
)
from accounts.domain.access.scopes import AccountClosed, AccountFrozen, KeyAccess, Scope
from accounts.models import ApiKey, SpentSignature, User
from accounts.sealing import unseal


@dataclass(frozen=True, slots=True)
class KeyCaller:
    """The key and its owner."""

    user: User
    access: KeyAccess


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A signed request: `path` as sent, with the query string, each byte as one character; `timestamp` in milliseconds
    since 1970.
    """

    prefix: str
    timestamp: str
    signature: str
    method: str
    path: str
    body: bytes


def authenticate_key(*, token: str, address: str, now: datetime) -> KeyCaller:
    """Return the key of this token. Raises InvalidKey, AddressNotAllowed, AccountFrozen or AccountClosed."""
    parts = token_parts(token)
    key = _key(parts[0]) if parts else None
    if parts is None or key is None or key.signs or not compare_digest(key.secret_hash, secret_hash(parts[1])):
        raise InvalidKey
    return _admit(key, address, now)


def authenticate_signature(*, request: SignedRequest, address: str, now: datetime) -> KeyCaller:
    """Return the signing key and use up the signature. Raises InvalidSignature, SignatureUsed, and as for a token."""
    check_timestamp(request.timestamp, now)
    signature = read_signature(request.signature)
    key = _key(request.prefix)
    if key is None or not key.signs:
        raise InvalidKey
    expected = signature_of(
        unseal(key.encrypted_secret),
        timestamp=request.timestamp,
        method=request.method,
        path=request.path,
        body=request.body,
    )
    if not compare_digest(expected, signature):
        raise InvalidSignature("X-Signature doesn't fit this request")
    caller = _admit(key, address, now)
    try:
        with transaction.atomic(durable=True):
            SpentSignature.objects.create(key=key, signature=expected, spent_at=now)
    except IntegrityError as error:
        if constraint_of(error) != "a_signature_is_spent_once":
            raise
        raise SignatureUsed from error
    return caller


def _key(prefix: str) -> ApiKey | None:
    if "\0" in prefix:
        return None
    return ApiKey.objects.select_related("user").filter(prefix=prefix, revoked_at=None).first()


def _admit(key: ApiKey, address: str, now: datetime) -> KeyCaller:
    if key.expires_at is not None and key.expires_at <= now:
        raise InvalidKey("This API key has expired")
    if not admits(key.networks, address):
        raise AddressNotAllowed(address)
    if key.user.closed_at:
        raise AccountClosed
    if not key.user.is_active:
        raise AccountFrozen
    if key.last_used_at is None or now - key.last_used_at >= USE_NOTED_EVERY:
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, last_used_from=address or None)
    scopes = frozenset(Scope(scope) for scope in key.scopes)
    return KeyCaller(key.user, KeyAccess(key.pk, key.user_id, scopes, key.expires_at))
