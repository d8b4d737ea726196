"""The directory in which the processes of a host keep their metrics, each in files of its own.

prometheus_client adds the files up (its multiprocess mode). Here is what it leaves to us: names that don't come again,
and the files of processes that have ended.
"""

import fcntl
import os
import shutil
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prometheus_client import Metric, values
from prometheus_client.mmap_dict import MmapedDict
from prometheus_client.multiprocess import MultiProcessCollector

from monitoring.host.identity import lives, name_of

SIZES = {
    "counter": 1 << 20,
    "histogram": 1 << 20,
    "gauge_livesum": 1 << 16,
    "gauge_livemax": 1 << 16,
    "gauge_livemin": 1 << 16,
}
"""The kinds of file, and the bytes that each is made with. A file that grows where the disk is full would end the
process (SIGBUS), so the space is taken at the start."""

PAST = "past"
"""The name of nobody: the counts of all processes that have ended."""

TURN_SECONDS = 1.0
BROKEN = (struct.error, RuntimeError, ValueError)
"""The errors of a file that its process could not finish."""


class Directory:
    """The files of a host. Counters and histograms of ended processes go on counting; their gauges end with them."""

    def __init__(self, path: Path) -> None:
        """Makes the directory. Raises OSError where that is not possible, or where the disk is full."""
        self.path = path
        self._name = ""
        os.register_at_fork(after_in_child=self._forget_name)
        path.mkdir(parents=True, exist_ok=True)
        with self._turn() as ours:
            if ours:
                self._begin()
            self._make_files(name_of(os.getpid()))

    def share(self) -> None:
        """Keep all metrics of this process here. Call it before the first metric is made."""
        os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(self.path)
        values.ValueClass = values.MultiProcessValue(self.own_name)

    def own_name(self) -> str:
        """This process's name. A fork has another one than its parent, and files of its own.

        Each change of a metric asks for it, so it asks the system once.
        """
        if not self._name:
            self._name = name_of(os.getpid())
            with suppress(OSError):  # then the library makes them, smaller
                self._make_files(self._name)
        return self._name

    def _forget_name(self) -> None:
        self._name = ""

    def collect(self) -> list[Metric]:
        """The metrics of all processes, the ended ones too. Waits at most a second for others who do the same."""
        with self._turn() as ours:
            if ours:
                self._tidy()
            return list(MultiProcessCollector(None, path=str(self.path)).collect())

    def _begin(self) -> None:
        """The first process of a host begins at zero, as a single one does: what has ended altogether is forgotten."""
        if not any(_lives(file) for file in self._files() if _owner(file) != PAST):
            for file in [*self._files(), *self.path.glob("*.tmp")]:
                file.unlink()
        self._tidy()

    def _tidy(self) -> None:
        """Adds the counts of ended processes to the past. Counters that vanished would look like a restart of all."""
        for kind in SIZES:
            ended = [file for file in self._files(kind) if not _lives(file)]
            if ended and not kind.startswith("gauge"):
                self._add_to_past(kind, ended)
            for file in ended:
                file.unlink(missing_ok=True)

    def _add_to_past(self, kind: str, ended: list[Path]) -> None:
        """A kill in the middle counts something twice at most: a rise, never a fall."""
        past, new = self.path / f"{kind}_{PAST}.db", self.path / f"{kind}.new"
        new.unlink(missing_ok=True)
        if past.exists():
            shutil.copyfile(past, new)
        sums = MmapedDict(str(new))
        for file in ended:
            with suppress(*BROKEN):
                for key, value, _, _ in MmapedDict.read_all_values_from_file(str(file)):
                    sums.write_value(key, sums.read_value(key)[0] + value, 0.0)
        sums.close()
        new.replace(past)

    def _files(self, kind: str = "*") -> list[Path]:
        return sorted(self.path.glob(f"{kind}_*.db"))

    def _make_files(self, name: str) -> None:
        for kind, size in SIZES.items():
            made = self.path / f"{kind}_{name}.tmp"
            with made.open("wb") as file:
                file.write(bytes(size))
            made.rename(made.with_suffix(".db"))  # nobody reads a file that is half made

    @contextmanager
    def _turn(self) -> Iterator[bool]:
        """Hold the directory, if it's free within a second; whether it was. One adds up while no other tidies.

        A process that was stopped in its turn must not stop the others for ever.
        """
        with (self.path / "turn").open("a") as lock:
            until = time.monotonic() + TURN_SECONDS
            while not (ours := _taken(lock.fileno())) and time.monotonic() < until:
                time.sleep(0.01)
            yield ours


def _taken(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _owner(file: Path) -> str:
    return file.stem.rpartition("_")[2]


def _lives(file: Path) -> bool:
    return _owner(file) == PAST or lives(_owner(file))
