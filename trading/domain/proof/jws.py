"""Signed statements: JWS in compact form (RFC 7515) with Ed25519 (RFC 8037), keys as JWK (RFC 7517)."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from accounts.domain.json_text import NotJson, read_json

ALGORITHM = "EdDSA"
KEY_BYTES = 32


class BadStatement(ValueError):
    """Not a statement in this form; the text gives the reason."""


class BadSignature(BadStatement):
    """Not signed by one of the keys as a statement of this type."""


def new_private_key() -> str:
    """A new private key, base64url."""
    return write_bytes(Ed25519PrivateKey.generate().private_bytes_raw())


def public_key_of(private: str) -> str:
    """The public key of this private key, base64url."""
    return write_bytes(_private(private).public_key().public_bytes_raw())


def key_id(public: str) -> str:
    """The id of a key: its thumbprint (RFC 7638), so that no other key can have the same id."""
    return write_bytes(hashlib.sha256(canonical({"crv": "Ed25519", "kty": "OKP", "x": public})).digest())


def public_jwk(public: str) -> dict[str, str]:
    """The public key in its published form."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": key_id(public), "use": "sig", "alg": ALGORITHM}


@dataclass(frozen=True, slots=True)
class Signer:
    """A private key, read once, for statements of one type: to read it again costs more than to sign."""

    kid: str
    header: str
    key: Ed25519PrivateKey

    @classmethod
    def of(cls, private: str, *, typ: str) -> "Signer":
        """The signer with this private key (base64url) for statements of the type `typ`."""
        kid = key_id(public_key_of(private))
        return cls(kid, header_part(kid, typ), _private(private))

    def sign(self, content: bytes) -> tuple[str, bytes]:
        """Sign the canonical text of a payload; returns the statement and the signature in it."""
        signed = f"{self.header}.{write_bytes(content)}"
        signature = self.key.sign(signed.encode())
        return f"{signed}.{write_bytes(signature)}", signature


def sign(payload: Mapping[str, Any], *, private: str, typ: str) -> str:
    """Sign the payload. `typ` names the type of the statement, so that a statement of another type can't replace it."""
    return Signer.of(private, typ=typ).sign(canonical(payload))[0]


def header_part(kid: str, typ: str) -> str:
    """The first part of a statement: it names the key and the type."""
    return write_bytes(canonical({"alg": ALGORITHM, "kid": kid, "typ": typ}))


def read(statement: str, *, keys: Mapping[str, str], typ: str) -> dict[str, Any]:
    """The payload of a statement signed by one of `keys` (public keys by kid).

    Raises BadSignature, and BadStatement for signed content that is no JSON object.
    """
    parts = statement.split(".")
    _check_signature(parts, keys, typ)
    payload = _object(parts[1])
    if payload is None:
        raise BadStatement("the signed content is not a JSON object")
    return payload


def is_statement(text: str) -> bool:
    """Whether a text has the form of a statement, also where a letter in it is forged."""
    parts = text.split(".")
    return len(parts) == 3 and any(_object(part) is not None for part in parts[:2])


def _check_signature(parts: Sequence[str], keys: Mapping[str, str], typ: str) -> None:
    """Before the content is read: a forged letter may leave no JSON."""
    header = _object(parts[0]) or {}
    if (len(parts), header.get("alg"), header.get("typ"), "crit" in header) != (3, ALGORITHM, typ, False):
        raise BadSignature("the header is not that of such a statement")
    public = keys.get(str(header.get("kid")))
    if public is None:
        raise BadSignature(f"signed with an unknown key: {header.get('kid')}")
    try:
        key = Ed25519PublicKey.from_public_bytes(read_bytes(public))
        key.verify(read_bytes(parts[2]), f"{parts[0]}.{parts[1]}".encode())
    except (InvalidSignature, ValueError) as error:
        raise BadSignature("the signature is wrong") from error


def _private(private: str) -> Ed25519PrivateKey:
    return Ed25519PrivateKey.from_private_bytes(read_bytes(private))


def _object(part: str) -> dict[str, Any] | None:
    """The JSON object in a part of a statement; None if there is none."""
    try:
        found = read_json(read_bytes(part), parse_fraction=float)
    except (NotJson, BadStatement):
        return None
    return found if isinstance(found, dict) else None


_ENCODER = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=True)


def canonical(content: object) -> bytes:
    """The one text of a JSON value. It tells 1, 1.0 and true apart, which are equal in Python."""
    return _ENCODER.encode(content).encode()


def write_bytes(content: bytes) -> str:
    """Base64url without padding."""
    return base64.urlsafe_b64encode(content).rstrip(b"=").decode()


def read_bytes(text: str) -> bytes:
    """Strict: no padding, no other alphabet, and only the one encoding of each content."""
    try:
        content = base64.b64decode(text.encode("ascii") + b"=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, UnicodeEncodeError) as error:
        raise BadStatement("not base64url") from error
    if write_bytes(content) != text:
        raise BadStatement("not base64url")
    return content
