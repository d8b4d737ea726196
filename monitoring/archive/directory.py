"""The directory of the backups on this machine. It belongs to the login that makes them: nobody else may read it."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from monitoring.archive.parts import sync_directory
from monitoring.domain.backups import layout, manifest, seals
from monitoring.domain.backups.failures import BackupFailed
from monitoring.domain.backups.manifest import BadManifest, Manifest


class NoBackup(Exception):
    """There is no whole backup of ours with this name; the text says why, in one line."""


def backup_directory() -> Path:
    """Returns BACKUP_DIR, and makes it where it is missing. Raises BackupFailed."""
    path = Path(settings.BACKUP_DIR)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFailed(f"BACKUP_DIR {path} can't be made: {error.strerror}") from error
    return path


def whole_backups(directory: Path) -> list[str]:
    """Returns the names of the complete backups, the earliest first, without files and directories of others."""
    return sorted(path.name for path in directory.iterdir() if path.is_dir() and layout.started_at(path.name))


def read_backup(path: Path) -> Manifest:
    """Returns the manifest of the backup in this directory, if this installation sealed it. Raises NoBackup.

    It doesn't look into the other files.
    """
    try:
        text, seal = (path / layout.MANIFEST).read_bytes(), (path / layout.SEAL).read_bytes()
    except OSError as error:
        raise NoBackup(f"{path.name}: {error}") from error
    return own_manifest(path.name, text, seal)


def own_manifest(name: str, text: bytes, seal: bytes) -> Manifest:
    """Returns the manifest of the backup with this name, if this installation sealed it. Raises NoBackup."""
    try:
        if not seals.is_authentic(text, seal, settings.ENCRYPTION_KEYS):
            raise NoBackup(f"{name} was sealed by an installation with other ENCRYPTION_KEYS")
        found = manifest.read(text)
    except (BadManifest, seals.Damaged) as error:
        raise NoBackup(f"{name}: {error}") from error
    if found.name != name:
        raise NoBackup(f"{name} has the manifest of {found.name}")
    return found


@contextmanager
def being_made(directory: Path, name: str) -> Iterator[Path]:
    """Yield the directory for a new backup's files, which only we hold, and give it its name at the end.

    After an error, nothing of it is left. Raises BackupFailed.
    """
    path = directory / layout.unfinished(name)
    try:
        path.mkdir(mode=0o700)
        holder = _hold(path)
    except OSError as error:
        raise BackupFailed(f"BACKUP_DIR can't be written: {error}") from error
    try:
        yield path
        sync_directory(path)
        path.rename(directory / name)
        sync_directory(directory)
    except BaseException:
        shutil.rmtree(path, ignore_errors=True)
        raise
    finally:
        os.close(holder)


def clear_unfinished(directory: Path) -> list[str]:
    """Remove the unfinished backups that no living process makes, and return their names."""
    cleared = []
    for path in directory.iterdir():
        name = layout.of_unfinished(path.name)
        if name is None or not path.is_dir():
            continue
        try:
            holder = _hold(path)
        except OSError:
            continue
        try:
            shutil.rmtree(path, ignore_errors=True)
        finally:
            os.close(holder)
        cleared.append(name)
    return cleared


def remove_backup(directory: Path, name: str) -> None:
    """Remove a backup. Killed in the middle, it leaves an unfinished one, not one that looks whole. Raises OSError."""
    going = directory / layout.unfinished(name)
    (directory / name).rename(going)
    shutil.rmtree(going)


def _hold(path: Path) -> int:
    """Opens a directory and locks it until it is closed, also by death. Raises OSError when another process has it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise
    return descriptor
