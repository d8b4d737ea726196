"""A small process supervisor: starts programs, shows their output, restarts those that crash, stops them all."""

import os
import selectors
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from cryptotrader.local.backoff import Backoff
from cryptotrader.local.console import Console, LineReader
from cryptotrader.local.processes import Child, StopRequest, StopRequested, how_it_ended, reap_orphans, spawn, stop_all

LABEL = "local"  # the supervisor's own lines


@dataclass(frozen=True, slots=True)
class Program:
    """A command to run, and the label of its lines."""

    name: str
    command: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    delay_seconds: float = 0.0
    """It starts so long after the others, which share the machine with fewer at their start."""


class Pipes:
    """Reads the children's output, and passes it on line by line."""

    def __init__(self) -> None:
        self._selector = selectors.DefaultSelector()

    def start(self, program: Program, on_line: Callable[[str], None]) -> Child:
        """Starts a program; `on_line` gets its lines."""
        read_end, write_end = os.pipe()
        try:
            child = spawn(program.command, env=program.env, cwd=program.cwd, output=write_end)
        finally:
            os.close(write_end)
        self._selector.register(read_end, selectors.EVENT_READ, (LineReader(), on_line))
        return child

    def pump(self, wait_seconds: float) -> None:
        """Passes on the output, and waits up to `wait_seconds` for some."""
        if not self._selector.get_map():
            time.sleep(wait_seconds)
        for key, _ in self._selector.select(wait_seconds):
            reader, on_line = key.data
            data = os.read(key.fd, 64 * 1024)
            lines = reader.feed(data) if data else reader.close()
            if not data:
                self._forget(key)
            for line in lines:
                on_line(line)

    def close(self) -> None:
        """Passes on the rest, and closes pipes that a stray process still holds."""
        for _ in range(100):
            if not self._selector.get_map() or not self._selector.select(0):
                break
            self.pump(0)
        for key in list(self._selector.get_map().values()):
            self._forget(key)
        self._selector.close()

    def _forget(self, key: selectors.SelectorKey) -> None:
        self._selector.unregister(key.fileobj)
        os.close(key.fd)


@dataclass(slots=True)
class _Supervised:
    program: Program
    child: Child | None = None
    started_at: float = 0.0
    start_due_at: float = 0.0
    backoff: Backoff = field(default_factory=Backoff)


class Supervisor:
    """Runs programs until a stop is requested, then leaves no process of theirs behind."""

    def __init__(
        self,
        programs: Sequence[Program],
        console: Console,
        *,
        grace_seconds: float = 10.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        now = clock()
        self._supervised = [_Supervised(program, start_due_at=now + program.delay_seconds) for program in programs]
        self._console = console
        self._grace_seconds = grace_seconds
        self._clock = clock
        self._pipes = Pipes()

    def run(self, stop: StopRequest, on_turn: Callable[[], None] = lambda: None) -> None:
        """Supervises until a stop is requested or nobody reads our output; calls `on_turn` several times a second."""
        try:
            while not stop.asked and not self._console.lost:
                self._start_what_is_due()
                self._pipes.pump(0.1)
                self._notice_crashes()
                reap_orphans()
                on_turn()
        finally:
            self._stop(stop)

    def _start_what_is_due(self) -> None:
        for entry in self._supervised:
            if entry.child is None and self._clock() >= entry.start_due_at:
                entry.child = self._pipes.start(entry.program, partial(self._show, entry.program.name))
                entry.started_at = self._clock()

    def _show(self, name: str, line: str) -> None:
        if line.strip():  # some programs print empty lines around theirs
            self._console.line(name, line)

    def _notice_crashes(self) -> None:
        for entry in self._supervised:
            if entry.child is None or (code := entry.child.exit_code()) is None:
                continue
            entry.child.signal(signal.SIGKILL)  # its forks would compete with its successor
            self._pipes.pump(0)  # its last lines first
            now = self._clock()
            wait = entry.backoff.after_crash(now - entry.started_at)
            entry.child, entry.start_due_at = None, now + wait
            self._console.line(LABEL, f"{entry.program.name} {how_it_ended(code)}; starting it again in {wait:g} s")

    def _stop(self, stop: StopRequest) -> None:
        running = [entry.child for entry in self._supervised if entry.child is not None]
        stop_all(
            running,
            grace_seconds=self._grace_seconds,
            hurry=lambda: stop.urgent,
            on_turn=lambda: self._pipes.pump(0.05),
        )
        self._pipes.close()


def run_to_end(program: Program, stop: StopRequest) -> tuple[int, list[str]]:
    """Run a program once; return its exit code and its lines. Raises StopRequested when asked to stop meanwhile."""
    lines: list[str] = []
    pipes = Pipes()
    child = pipes.start(program, lines.append)
    try:
        while (code := child.exit_code()) is None and not stop.asked:
            pipes.pump(0.05)
    finally:
        stop_all([child], grace_seconds=2.0, on_turn=lambda: pipes.pump(0.05))
        pipes.close()
    if code is None:
        raise StopRequested
    return code, lines
