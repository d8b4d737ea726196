"""A place for a copy of the database in plain text. It ends with the restore; if that is killed, with the next one."""

import fcntl
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PREFIX = "cryptotrader-restore-"
_LOCK = "lock"
_NEW_SECONDS = 60
"""A directory is made a moment before its lock."""


@contextmanager
def plain_copies() -> Iterator[Path]:
    """Yield a directory that only our account can read. Directories of restores that were killed are removed first."""
    _remove_leftovers()
    with tempfile.TemporaryDirectory(prefix=PREFIX) as name:
        place = Path(name)
        with (place / _LOCK).open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # the kernel frees it with our process, however that ends
            yield place


def _remove_leftovers() -> None:
    for place in Path(tempfile.gettempdir()).glob(f"{PREFIX}*"):
        with suppress(OSError):
            if place.is_dir() and not place.is_symlink() and place.stat().st_uid == os.geteuid() and not _in_use(place):
                shutil.rmtree(place)


def _in_use(place: Path) -> bool:
    try:
        with (place / _LOCK).open() as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return time.time() - place.stat().st_mtime < _NEW_SECONDS
    except BlockingIOError:
        return True
    return False
