"""Authenticates a program by its API key: by its secret, or by a signature that proves the secret."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hmac import compare_digest

from django.db import connection, transaction

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
from accounts.domain.errors import Refusal
from accounts.domain.texts import storable
from accounts.models import ApiKey, User
from accounts.sealing import unseal

SPEND = """
    INSERT INTO spent_signatures (key_id, signature, spent_at)
    SELECT key_id, signature, %s FROM unnest(%s::bigint[], %s::text[]) AS spent(key_id, signature)
    ORDER BY key_id, signature
    ON CONFLICT ON CONSTRAINT a_signature_is_spent_once DO NOTHING RETURNING key_id, signature
"""


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


Proof = str | SignedRequest
"""A key's token, or a request that it has signed."""


def authenticate_key(*, token: str, address: str, now: datetime) -> KeyCaller:
    """Return the key of this token. Raises InvalidKey, AddressNotAllowed, AccountFrozen or AccountClosed."""
    return _only(authenticate_keys([(token, address)], now=now))


def authenticate_signature(*, request: SignedRequest, address: str, now: datetime) -> KeyCaller:
    """Return the signing key and use up the signature. Raises InvalidSignature, SignatureUsed, and as for a token."""
    caller = _only(authenticate_keys([(request, address)], now=now))
    if not all(spend_signatures([(caller.access.id, request.signature)], now=now)):
        raise SignatureUsed
    return caller


def authenticate_keys(proofs: Sequence[tuple[Proof, str]], *, now: datetime) -> list[KeyCaller | Refusal]:
    """Return the key of each proof and address, or its refusal, by one query for all. It uses up no signature."""
    keys = _keys(proofs) if proofs else {}
    found: list[KeyCaller | Refusal] = []
    for proof, address in proofs:
        try:
            key = _signer(proof, keys, now) if isinstance(proof, SignedRequest) else _holder(proof, keys)
            found.append(_admit(key, address, now))
        except Refusal as refusal:
            found.append(refusal)
    return found


def spend_signatures(spent: Sequence[tuple[int, str]], *, now: datetime) -> list[bool]:
    """Use up each of these (key, signature). Return whether it was new: of two that are equal, the first one is."""
    written = [(key, read_signature(signature)) for key, signature in spent]
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        cursor.execute(SPEND, [now, [key for key, _ in written], [text for _, text in written]])
        new = set(cursor.fetchall())
    return [each in new and each not in written[:place] for place, each in enumerate(written)]


def _only(found: list[KeyCaller | Refusal]) -> KeyCaller:
    (result,) = found
    if isinstance(result, Refusal):
        raise result
    return result


def _keys(proofs: Iterable[tuple[Proof, str]]) -> dict[str, ApiKey]:
    prefixes = {_prefix(proof) for proof, _ in proofs}
    rows = ApiKey.objects.select_related("user").filter(prefix__in=filter(storable, prefixes), revoked_at=None)
    return {key.prefix: key for key in rows}


def _prefix(proof: Proof) -> str:
    if isinstance(proof, SignedRequest):
        return proof.prefix
    parts = token_parts(proof)
    return parts[0] if parts else ""


def _holder(token: str, keys: Mapping[str, ApiKey]) -> ApiKey:
    parts = token_parts(token)
    key = keys.get(parts[0]) if parts else None
    if parts is None or key is None or key.signs or not compare_digest(key.secret_hash, secret_hash(parts[1])):
        raise InvalidKey
    return key


def _signer(request: SignedRequest, keys: Mapping[str, ApiKey], now: datetime) -> ApiKey:
    check_timestamp(request.timestamp, now)
    signature = read_signature(request.signature)
    key = keys.get(request.prefix)
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
    return key


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
    is_stopped = key.stopped_at is not None or key.user.keys_stopped_at is not None
    if is_stopped:
        scopes -= {Scope.TRADE}
    return KeyCaller(key.user, KeyAccess(key.pk, key.user_id, scopes, key.expires_at, is_stopped))
