"""Opens a backup for a restore: finds it, checks each of its files, and decrypts the dump."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyrage
from django.conf import settings

from monitoring.archive.programs import release_of
from monitoring.domain.backups import layout, seals
from monitoring.domain.backups.manifest import BadManifest, Manifest, Part, read
from monitoring.domain.recovery import RestoreRefused
from monitoring.recovery.plain_copies import plain_copies
from monitoring.recovery.restoring import Dump, Say

_CHUNK_BYTES = 1 << 20
PASSPHRASE = "passphrase"  # noqa: S105  (a word in the manifest)


def find_backup(wanted: str) -> Path:
    """Returns the directory of a backup: a path, or the name of one in BACKUP_DIR. Raises RestoreRefused."""
    for directory in (Path(wanted), Path(settings.BACKUP_DIR) / wanted):
        if (directory / layout.MANIFEST).is_file():
            return directory
    raise RestoreRefused(f"there is no backup at {wanted}, nor of this name in {settings.BACKUP_DIR}")


def newest_backup() -> Path:
    """Returns the newest whole backup in BACKUP_DIR. Raises RestoreRefused."""
    root = Path(settings.BACKUP_DIR)
    names = sorted(path.name for path in root.iterdir() if layout.started_at(path.name)) if root.is_dir() else []
    if not names:
        raise RestoreRefused(f"there is no backup in {root}")
    return root / names[-1]


def read_manifest(directory: Path, *, any_keys: bool) -> Manifest:
    """Returns the manifest of a backup after its seal was checked. Raises RestoreRefused.

    `any_keys`: also take one that was sealed with other ENCRYPTION_KEYS: then nobody vouches for it.
    """
    try:
        text = (directory / layout.MANIFEST).read_bytes()
        is_ours = seals.is_authentic(text, (directory / layout.SEAL).read_bytes(), settings.ENCRYPTION_KEYS)
        manifest = read(text)
    except (BadManifest, seals.Damaged) as error:
        raise RestoreRefused(str(error)) from error
    except OSError as error:
        raise RestoreRefused(f"the backup can't be read: {error}") from error
    if not is_ours and not any_keys:
        raise RestoreRefused(
            "the manifest was sealed with other ENCRYPTION_KEYS, or by a stranger: set the keys of the platform that"
            " made it (second factors and signing keys need them, too), or add --other-keys"
        )
    return manifest


def check_files(directory: Path, manifest: Manifest) -> None:
    """Compare each file with its size and checksum. Raises RestoreRefused for the first that differs."""
    for part in manifest.files:
        path = directory / part.name
        try:
            size, digest = path.stat().st_size, _sha256(path)
        except OSError as error:
            raise RestoreRefused(f"{part.name} can't be read: {error.strerror or error}") from error
        if size != part.size_bytes:
            raise RestoreRefused(
                f"{part.name} has {size} bytes instead of {part.size_bytes}: it was cut off or exchanged"
            )
        if digest != part.sha256:
            raise RestoreRefused(
                f"{part.name} has another checksum than the manifest says: it was changed or exchanged"
            )


def check_release(dumped: int, server_version: int) -> None:
    """Raises RestoreRefused when the dump comes from a newer PostgreSQL than the server's: it may not understand it."""
    theirs, ours = release_of(dumped), release_of(server_version)
    if theirs > ours:
        raise RestoreRefused(f"the backup is of PostgreSQL {theirs}, and this server is {ours}: use {theirs} or newer")


@contextmanager
def opened(directory: Path, manifest: Manifest, identity: Path | None, say: Say) -> Iterator[Dump]:
    """Yield the dump in plain text; a decrypted copy exists only within, for us alone. Raises RestoreRefused."""
    part = manifest.part(layout.DUMP)
    if part is None:
        raise RestoreRefused("the backup has no dump of the database")
    name, state_at, contents = manifest.name, manifest.contents.taken_at, manifest.contents
    if not part.name.endswith(layout.ENCRYPTED):
        yield Dump(directory / part.name, name, state_at, contents)
        return
    with plain_copies() as place:
        plain = place / layout.DUMP
        say("decrypting the dump")
        decrypt(directory, part, plain, identities(directory, manifest, identity))
        yield Dump(plain, name, state_at, contents)


def identities(directory: Path, manifest: Manifest, identity: Path | None) -> list[Any]:
    """Returns the keys that may open a backup: those of a file, or the one that a passphrase locks up."""
    try:
        if PASSPHRASE in manifest.encryption:
            if not settings.BACKUP_PASSPHRASE:
                raise RestoreRefused("the backup is encrypted with a passphrase: set BACKUP_PASSPHRASE")
            wrapped = (directory / layout.IDENTITY).read_bytes()
            return _keys(pyrage.passphrase.decrypt(wrapped, settings.BACKUP_PASSPHRASE).decode())
        if identity is None:
            raise RestoreRefused(
                f"the backup is encrypted for {', '.join(manifest.encryption)}: name the --identity file"
            )
        return _keys(identity.read_text())
    except pyrage.DecryptError as error:
        raise RestoreRefused("BACKUP_PASSPHRASE is not the passphrase of this backup") from error
    except (pyrage.IdentityError, UnicodeDecodeError, ValueError) as error:
        raise RestoreRefused(f"{identity} has no identity of age: {error}") from error
    except OSError as error:
        raise RestoreRefused(f"the identity can't be read: {error}") from error


def _keys(text: str) -> list[Any]:
    if "PRIVATE KEY" in text:
        return [pyrage.ssh.Identity.from_buffer(text.encode())]
    lines = (line.strip() for line in text.splitlines())
    found = [pyrage.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    if not found:
        raise ValueError("it is empty")
    return found


def decrypt(directory: Path, part: Part, plain: Path, keys: list[Any]) -> None:
    """Decrypt a file of a backup. Raises RestoreRefused when none of the keys opens it."""
    try:
        with (directory / part.name).open("rb") as sealed, plain.open("wb") as sink:
            pyrage.decrypt_io(sealed, sink, keys)
    except pyrage.DecryptError as error:
        raise RestoreRefused(f"{part.name} can't be decrypted with this identity") from error
    except OSError as error:
        raise RestoreRefused(f"{part.name} can't be decrypted: {error.strerror or error}") from error


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while data := file.read(_CHUNK_BYTES):
            digest.update(data)
    return digest.hexdigest()
