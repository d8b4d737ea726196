"""Files that appear whole or not at all: a reader, or a `kill -9`, never meets half of one."""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import Any

from deploy.ct.outcome import Exit, Stopped


def write(path: Path, content: str, mode: int = 0o644) -> bool:
    """Writes a file under another name, then renames it. Returns False if it has this content already."""
    if path.exists() and path.read_text(encoding="utf-8") == content:
        path.chmod(mode)
        return False
    unfinished = path.with_name(f".{path.name}.part")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    unfinished.chmod(mode)
    unfinished.replace(path)
    return True


def told(path: Path, kind: type) -> dict[str, Any]:
    """Returns the members of a JSON file that `ct` has written of a dataclass.

    Raises FileNotFoundError, or Stopped if the file is broken or has a member that this `ct` doesn't know: a newer one
    has written it.
    """
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except (ValueError, OSError) as error:
        raise broken(path, error) from error
    if not isinstance(found, dict):
        raise broken(path, "it is no object")
    unknown = sorted(found.keys() - {member.name for member in fields(kind)})
    if unknown:
        newer = f"{path} has {unknown[0]!r}, which this ct doesn't know: a newer ct wrote it"
        raise Stopped(f"{newer}; use `deploy/bin/ct` of the newest checkout (docs/upgrading.md)", Exit.USAGE)
    return found


def broken(path: Path, reason: object) -> Stopped:
    """Returns why a file of `ct` can't be used."""
    return Stopped(f"{path} can't be read: {reason}")


def private(directory: Path) -> Path:
    """Makes a directory that only its owner can enter: containers get its files one by one, as mounts."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o700)
    return directory


def readable(directory: Path) -> Path:
    """Makes a directory that a container's numeric user can read when it is mounted. Its parent keeps others out."""
    directory.mkdir(parents=True, exist_ok=True)
    directory.chmod(0o755)
    return directory


@contextmanager
def locked(state: Path) -> Iterator[None]:
    """Keeps other `ct`s away from an environment. The kernel frees the lock however this one ends. Raises Stopped."""
    state.mkdir(parents=True, exist_ok=True)
    with (state / "lock").open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise Stopped(f"another ct works on {state.name} (pid {lock.read().strip()})", Exit.LOCKED) from None
        lock.truncate(0)
        lock.write(f"{os.getpid()}\n")
        lock.flush()
        yield
