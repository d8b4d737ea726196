"""The TCP sockets of this host, as its kernel tells them (Linux)."""

import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

TABLES = (Path("/proc/net/tcp"), Path("/proc/net/tcp6"))
ESTABLISHED, LISTENS = "01", "0A"


def connections_to(port: int, tables: Sequence[Path] = TABLES) -> int:
    """Returns how many established connections a local port has."""
    return len(_sockets(port, ESTABLISHED, tables))


def is_taken(port: int) -> bool:
    """Whether a process listens on a port."""
    return bool(_sockets(port, LISTENS, TABLES))


def listens(pid: int, port: int) -> bool:
    """Whether a process, or a descendant of it, listens on a port: one of this account, else nobody may look."""
    links = {f"socket:[{inode}]" for inode in _sockets(port, LISTENS, TABLES)}
    return any(link in links for one in _family(pid) for link in _files(one))


def _sockets(port: int, state: str, tables: Sequence[Path]) -> list[str]:
    """Returns the inodes."""
    rows = [line.split() for table in tables if table.exists() for line in table.read_text().splitlines()[1:]]
    return [row[9] for row in rows if row[3] == state and int(row[1].rpartition(":")[2], 16) == port]


def _family(pid: int) -> Iterator[int]:
    yield pid
    with suppress(FileNotFoundError, ProcessLookupError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _family(int(child))


def _files(pid: int) -> Iterator[str]:
    with suppress(FileNotFoundError, ProcessLookupError, PermissionError):
        for path in Path(f"/proc/{pid}/fd").iterdir():
            with suppress(FileNotFoundError):
                yield os.readlink(path)  # noqa: PTH115  (of a socket it is no path)
