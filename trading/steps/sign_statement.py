from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog

from accounts.sealing import BrokenSeal, seal, unseal
from trading.domain.proof.jws import Signer, key_id, new_private_key, public_key_of, sign
from trading.domain.proof.proof import SigningUnavailable
from trading.models import SigningKey

log = structlog.get_logger(__name__)

_kept: dict[str, tuple[str, int, Signer]] = {}
"""For each type of statement the key as it was told, its id, and the signer with it."""


def sign_statement(payload: Mapping[str, Any], *, typ: str, now: datetime) -> str:
    """Sign the payload as a compact JWS with the platform's current key; creates the very first key.

    Raises SigningUnavailable when ENCRYPTION_KEYS can't open the key any more: the operator restores the lost one, or
    rotates. No other key is made here then: a wrong setting on one server must not retire the key of all.
    """
    return sign(payload, private=_opened(_current_or_new(now)), typ=typ)


def signing_key(told: str | None, *, typ: str, now: datetime) -> tuple[int, Signer]:
    """The id of the current key, and the signer with it. `told` is the key as `selectors.proof.receipts.KEY` tells it.

    The process keeps the key that it has opened last, so a batch of orders neither reads nor opens it again. Raises as
    `sign_statement`.
    """
    kept = _kept.get(typ)
    if kept is not None and kept[0] == told:
        return kept[1:]
    key = _current_or_new(now)
    signer = Signer.of(_opened(key), typ=typ)
    if told is not None:  # a key that this transaction makes may be taken back with it
        _kept[typ] = told, key.pk, signer
    return key.pk, signer


def _current_or_new(now: datetime) -> SigningKey:
    key = _current()
    if key is None:
        make_key(now)
        key = _current()
    if key is None:
        raise AssertionError("there is no signing key")
    return key


def _opened(key: SigningKey) -> str:
    try:
        return unseal(key.sealed_private_key)
    except BrokenSeal as error:
        log.exception("the signing key can't be opened with ENCRYPTION_KEYS", kid=key.kid)
        raise SigningUnavailable from error


def make_key(now: datetime) -> None:
    """Make a new key, unless another process has just made one: the database allows one that isn't retired."""
    private = new_private_key()
    public = public_key_of(private)
    key = SigningKey(kid=key_id(public), public_key=public, sealed_private_key=seal(private), created_at=now)
    SigningKey.objects.bulk_create([key], ignore_conflicts=True)


def _current() -> SigningKey | None:
    return SigningKey.objects.filter(retired_at=None).first()
