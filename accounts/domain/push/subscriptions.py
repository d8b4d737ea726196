"""What a browser gives to be pushed to."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePublicKey

from accounts.domain.errors import FieldError, InvalidInput
from accounts.domain.outgoing import Network, check_url

AUTH_BYTES = 16
DEVICES_MAX = 10
"""Browsers of one person; a further one takes the place of the oldest."""


@dataclass(frozen=True, slots=True)
class Subscription:
    """`endpoint`: the address at the push service. `receiver`: the browser's public key, `auth` its secret."""

    endpoint: str
    receiver: str
    auth: str


def subscription_of(given: Mapping[str, object], *, allowed: Iterable[Network]) -> Subscription:
    """Reads `PushSubscription.toJSON()`; networks of the operator's own may be `allowed`. Raises InvalidInput."""
    keys = given.get("keys")
    endpoint, held = given.get("endpoint"), keys if isinstance(keys, Mapping) else {}
    if not isinstance(endpoint, str):
        raise _invalid("endpoint", "an address is required")
    receiver, auth = held.get("p256dh"), held.get("auth")
    if not isinstance(receiver, str) or not _is_point(receiver):
        raise _invalid("keys.p256dh", "a public key of P-256 is required, in base64url")
    if not isinstance(auth, str) or len(bytes_of(auth) or b"") != AUTH_BYTES:
        raise _invalid("keys.auth", "16 bytes are required, in base64url")
    return Subscription(check_url(endpoint, field="endpoint", allowed=allowed), receiver, auth)


def bytes_of(text: str) -> bytes | None:
    """The bytes of base64url, with or without padding; None for another text."""
    try:
        return base64.b64decode(text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None


def text_of(content: bytes) -> str:
    """Bytes as base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def _is_point(text: str) -> bool:
    try:
        EllipticCurvePublicKey.from_encoded_point(SECP256R1(), bytes_of(text) or b"")
    except ValueError:
        return False
    return True


def _invalid(field: str, message: str) -> InvalidInput:
    return InvalidInput(fields=(FieldError(field, "invalid", message),))
