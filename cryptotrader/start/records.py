"""The directory in which a started process leaves its name and its sign of life, for the check of its container."""

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

SERVERS = frozenset({"web", "stream"})


@dataclass(frozen=True, slots=True)
class Records:
    """The files of one process."""

    directory: Path

    @classmethod
    def of(cls, environ: Mapping[str, str]) -> "Records":
        """Returns those of this container: in START_DIRECTORY, or in the system's directory for temporary files."""
        return cls(Path(environ.get("START_DIRECTORY") or Path(tempfile.gettempdir()) / "cryptotrader"))

    @property
    def pulse(self) -> Path:
        return self.directory / "pulse"

    @property
    def drain(self) -> Path:
        """While it exists, the server lets its clients go."""
        return self.directory / "draining"

    @property
    def serves(self) -> bool:
        """Whether the process answers requests."""
        return self._name.read_text() in SERVERS

    def begin(self, process: str) -> None:
        """Notes which process starts, and forgets the signs of life of the one before, and the order to drain it."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.pulse.unlink(missing_ok=True)
        self.drain.unlink(missing_ok=True)
        self._name.write_text(process)

    @property
    def _name(self) -> Path:
        return self.directory / "process"
