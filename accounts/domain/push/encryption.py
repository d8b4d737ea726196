"""Encrypts the content of a push so that only its browser reads it: RFC 8291 with the coding of RFC 8188."""

from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDH,
    SECP256R1,
    EllipticCurvePrivateKey,
    EllipticCurvePublicKey,
)
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

CONTENT_MAX = 3993
"""Bytes: what every push service takes, in one record of 4096 bytes."""

RECORD_SIZE = 4096
LAST_RECORD = b"\x02"


def encrypted(content: bytes, *, receiver: bytes, auth: bytes, sender: EllipticCurvePrivateKey, salt: bytes) -> bytes:
    """The body of the request to the push service.

    `receiver` is the browser's public key, `auth` its secret. `sender` and `salt`, 16 bytes, are for this message.
    Raises ValueError for a receiver that is no point of P-256.
    """
    if len(content) > CONTENT_MAX:
        raise ValueError("the content is too long")
    ours = point_of(sender.public_key())
    shared = sender.exchange(ECDH(), EllipticCurvePublicKey.from_encoded_point(SECP256R1(), receiver))
    secret = _derived(shared, auth, b"WebPush: info\x00" + receiver + ours, 32)
    key = _derived(secret, salt, b"Content-Encoding: aes128gcm\x00", 16)
    nonce = _derived(secret, salt, b"Content-Encoding: nonce\x00", 12)
    head = salt + RECORD_SIZE.to_bytes(4, "big") + len(ours).to_bytes(1, "big") + ours
    return head + AESGCM(key).encrypt(nonce, content + LAST_RECORD, None)


def point_of(key: EllipticCurvePublicKey) -> bytes:
    """A public key as 65 bytes, as browsers write it."""
    return key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)


def _derived(secret: bytes, salt: bytes, info: bytes, length: int) -> bytes:
    return HKDF(SHA256(), length, salt, info).derive(secret)
