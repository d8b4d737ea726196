"""A browser that is pushed to: its keys, and the reading of what comes. It shares no code with the sender."""

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat


def base64url(content: bytes) -> str:
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def unbase64url(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


@dataclass
class Browser:
    """`endpoint`: where its push service takes messages for it."""

    endpoint: str
    key: EllipticCurvePrivateKey = field(default_factory=lambda: generate_private_key(SECP256R1()))
    auth: bytes = b"sixteen bytes ok"

    @property
    def point(self) -> bytes:
        return self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)

    @property
    def subscription(self) -> dict[str, Any]:
        """As `PushSubscription.toJSON()` gives it."""
        keys = {"p256dh": base64url(self.point), "auth": base64url(self.auth)}
        return {"endpoint": self.endpoint, "expirationTime": None, "keys": keys}

    def read(self, body: bytes) -> bytes:
        """Decrypts a message by RFC 8188 and RFC 8291. Raises InvalidTag for one that isn't for this browser."""
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, content = body[21 : 21 + length], body[21 + length :]
        assert len(content) <= size
        shared = self.key.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), sender))
        secret = _hkdf(self.auth, shared, b"WebPush: info\x00" + self.point + sender, 32)
        key, nonce = (
            _hkdf(salt, secret, b"Content-Encoding: aes128gcm\x00", 16),
            _hkdf(salt, secret, b"Content-Encoding: nonce\x00", 12),
        )
        plain = AESGCM(key).decrypt(nonce, content, None).rstrip(b"\x00")
        assert plain[-1:] == b"\x02"
        return plain[:-1]

    def told(self, body: bytes) -> Any:
        return json.loads(self.read(body))


def _hkdf(salt: bytes, secret: bytes, info: bytes, length: int) -> bytes:
    drawn = hmac.digest(salt, secret, hashlib.sha256)
    return hmac.digest(drawn, info + b"\x01", hashlib.sha256)[:length]
