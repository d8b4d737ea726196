"""The seal of a manifest: its checksum shows damage, its authentication shows an exchange.

The authentication is made with ENCRYPTION_KEYS, which a restored platform needs in any case. Who can write into the
directory of the backups but doesn't know these keys can't pass off another backup as ours.
"""

import hashlib
import hmac
from collections.abc import Sequence

_CHECKSUM, _SEAL = "sha256", "hmac-sha256"
_HEX_LENGTH = 64
_PURPOSE = b"cryptotrader backup manifest"


class Damaged(ValueError):
    """The manifest isn't the one that was written, or its seal is cut off."""


def seal(manifest: bytes, keys: Sequence[str]) -> bytes:
    """Returns the text of `manifest.sum`, made with the first of ENCRYPTION_KEYS."""
    lines = (f"{_CHECKSUM} {_checksum(manifest)}", f"{_SEAL} {_authentication(manifest, keys[0])}")
    return "".join(f"{line}\n" for line in lines).encode()


def is_authentic(manifest: bytes, sealed: bytes, keys: Sequence[str]) -> bool:
    """Whether one of ENCRYPTION_KEYS sealed this manifest. False: an installation with other keys did, or a stranger.

    Raises Damaged when the checksum differs, or isn't there.
    """
    found = dict(line.split(" ", 1) for line in sealed.decode("ascii", "replace").split("\n") if " " in line)
    told = found.get(_SEAL, "").encode()
    same = hmac.compare_digest(found.get(_CHECKSUM, "").encode(), _checksum(manifest).encode())
    if not same or len(told) != _HEX_LENGTH:
        raise Damaged("the manifest and its checksum differ: one of them was changed or cut off")
    return any(hmac.compare_digest(told, _authentication(manifest, key).encode()) for key in keys)


def _checksum(manifest: bytes) -> str:
    return hashlib.sha256(manifest).hexdigest()


def _authentication(manifest: bytes, key: str) -> str:
    own = hashlib.sha256(_PURPOSE + b"\0" + key.strip().encode()).digest()
    return hmac.new(own, manifest, hashlib.sha256).hexdigest()
