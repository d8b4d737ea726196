"""Writes the files of a backup: each is encrypted before it reaches the disk, hashed as it is written, and synced."""

import errno
import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Protocol, Self

from monitoring.archive.ciphers import Cipher
from monitoring.domain.backups import layout
from monitoring.domain.backups.failures import BackupFailed, NoRoom
from monitoring.domain.backups.manifest import Part

CHUNK_BYTES = 256 * 1024
FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Source(Protocol):
    """A stream to read from until it gives no more bytes."""

    def read(self, size: int = CHUNK_BYTES, /) -> bytes: ...


class _Sink:
    """A file under construction that counts and hashes its bytes."""

    def __init__(self, path: Path, written: Callable[[int], None]) -> None:
        self.size_bytes = 0
        self.failure: Exception | None = None
        self._hash = hashlib.sha256()
        self._written = written
        self._file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._file)

    @property
    def sha256(self) -> str:
        return self._hash.hexdigest()

    def write(self, data: bytes) -> int:
        try:
            rest = memoryview(data)
            while rest:
                rest = rest[os.write(self._file, rest) :]
            self._written(len(data))
        except Exception as error:
            self.failure = error  # the cipher passes on only its text
            raise
        self._hash.update(data)
        self.size_bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is kept back."""

    def sync(self) -> None:
        os.fsync(self._file)


class _Kept:
    """A source that keeps its error: the cipher passes on only its text."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self.failure: Exception | None = None

    def read(self, size: int = CHUNK_BYTES) -> bytes:
        try:
            return self._source.read(size)
        except Exception as error:
            self.failure = error
            raise


def write_part(
    directory: Path, name: str, source: Source, cipher: Cipher | None, written: Callable[[int], None]
) -> Part:
    """Write a file of the backup, encrypted if there is a cipher; `written` gets the bytes of each piece.

    Raises NoRoom, BackupFailed for another error of the disk, and the errors of the source and of `written`.
    """
    path = directory / (f"{name}{layout.ENCRYPTED}" if cipher else name)
    try:
        with _Sink(path, written) as sink:
            _pour(source, sink, cipher)
            sink.sync()
    except OSError as error:
        told = f"{path.name} can't be written: {error.strerror or error}"
        raise (NoRoom if error.errno in FULL else BackupFailed)(told) from error
    return Part(path.name, sink.size_bytes, sink.sha256)


def _pour(source: Source, sink: _Sink, cipher: Cipher | None) -> None:
    if cipher is None:
        while data := source.read(CHUNK_BYTES):
            sink.write(data)
        return
    kept = _Kept(source)
    try:
        cipher.encrypt(kept, sink)
    except Exception as error:
        raise (kept.failure or sink.failure or error) from None


def sync_directory(path: Path) -> None:
    """Let the disk keep a directory's names, where the file system can."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        with suppress(OSError):
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
