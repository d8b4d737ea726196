"""Encryption by age (https://age-encryption.org), in a stream. Every age program can read the result.

With recipients the server holds no key that could read its own backups. With a passphrase, each backup has an identity
of its own, which is stored beside it, encrypted with the passphrase: `age --decrypt --identity identity.age`.
"""

from dataclasses import dataclass
from typing import Any

import pyrage
from django.conf import settings

from monitoring.domain.backups.failures import BackupFailed

PASSPHRASE = "passphrase"  # noqa: S105  (a name, in the manifest)


@dataclass(frozen=True, slots=True)
class Cipher:
    """Encrypts the files of one backup. `wrapped` is the content of `identity.age`, if the backup has one."""

    names: tuple[str, ...]
    recipients: tuple[Any, ...]
    wrapped: bytes | None = None

    def encrypt(self, source: Any, sink: Any) -> None:
        """Read `source` to its end, and write it encrypted into `sink`. It holds a few pieces of 64 KiB in memory."""
        pyrage.encrypt_io(source, sink, list(self.recipients))


def make_cipher() -> Cipher | None:
    """Returns the cipher of a new backup, by the settings; None for plain text. Raises BackupFailed for a wrong key."""
    names = settings.BACKUP_AGE_RECIPIENTS
    if names:
        return Cipher(names, tuple(_recipient(name) for name in names))
    if not settings.BACKUP_PASSPHRASE:
        return None
    identity = pyrage.x25519.Identity.generate()
    wrapped = pyrage.passphrase.encrypt(f"{identity}\n".encode(), settings.BACKUP_PASSPHRASE)
    return Cipher((PASSPHRASE,), (identity.to_public(),), wrapped)


def _recipient(name: str) -> Any:
    kind = pyrage.ssh.Recipient if name.startswith("ssh-") else pyrage.x25519.Recipient
    try:
        return kind.from_str(name)
    except pyrage.RecipientError as error:
        raise BackupFailed(f"BACKUP_AGE_RECIPIENTS has {name}, which is no public key: {error}") from error
