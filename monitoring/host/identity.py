"""The names of processes in metrics: the program that each one runs, and the one process that it is."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path

import psutil

LASTING = ("server", "web", "stream", "feed", "worker", "settler", "backup", "beat")
"""The programs that run until they are stopped. All others are commands, which come and go."""

WORKERS = {"settlement": "settler", "backup": "backup"}
"""The workers that serve one queue alone, by that queue. All others are `worker`."""

NAME = re.compile(r"[a-z]{1,16}")
COMMAND = "command"

_name = ""


def program() -> str:
    """The program of this process, for the label `program`."""
    return _name or program_of(sys.argv)


def name_program(name: str) -> None:
    """Give this process another name than its command line does: for containers, which start programs in their way."""
    global _name  # noqa: PLW0603  (a process has one name)
    _name = name


def program_of(argv: Sequence[str]) -> str:
    """The program that a command line starts; `command` for those that don't last."""
    words = list(argv[1:])
    if "celery" in "/".join(Path(argv[0] if argv else "").parts[-2:]):
        return _celery_program(words)
    if "cryptotrader.wsgi" in " ".join(words):
        return "web"
    if "cryptotrader.asgi" in " ".join(words) or "runserver" in words[:1]:
        return "server"
    return "feed" if "run_feed" in words[:1] else COMMAND


def _celery_program(words: Sequence[str]) -> str:
    if "worker" not in words:
        return "beat" if "beat" in words else COMMAND
    queues = _queues(words)
    return WORKERS.get(queues.pop(), "worker") if len(queues) == 1 else "worker"


def _queues(words: Sequence[str]) -> set[str]:
    """The queues that a worker's options name."""
    found: set[str] = set()
    for option, value in zip(words, [*words[1:], ""], strict=True):
        if option in ("-Q", "--queues"):
            found |= set(value.split(","))
        elif option.startswith("--queues="):
            found |= set(option.partition("=")[2].split(","))
    return found


def started(pid: int) -> int | None:
    """A number that tells a process from others that had or will have its id; None when it has ended.

    By the system's ticks where it counts them: a clock that is set back must not make a process look like another.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        return None if fields[0] == b"Z" else int(fields[19])
    except FileNotFoundError:
        return None if Path("/proc/self/stat").exists() else _started_elsewhere(pid)
    except ProcessLookupError:
        return None


def _started_elsewhere(pid: int) -> int | None:
    try:
        process = psutil.Process(pid)
        return None if process.status() == psutil.STATUS_ZOMBIE else int(process.create_time())
    except psutil.Error:
        return None


def name_of(pid: int) -> str:
    """The name of this process's files: no two processes have the same, also where ids come again."""
    return f"{program()}-{pid}-{started(pid)}"


def lives(name: str) -> bool:
    """Whether the process of this name runs."""
    _, pid, since = name.split("-")
    return str(started(int(pid))) == since
