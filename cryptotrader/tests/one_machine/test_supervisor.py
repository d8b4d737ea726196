"""The supervisor, with small real programs. It runs in a process of its own, as in production."""

import io
import json
import os
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.backoff import Backoff
from cryptotrader.local.console import Console, LineReader, wants_colour
from cryptotrader.local.processes import StopRequest, how_it_ended
from cryptotrader.tests.support.remains import assert_gone

HARNESS = """
import json, os, sys
from pathlib import Path
from cryptotrader.local.backoff import Backoff
from cryptotrader.local.console import Console
from cryptotrader.local.processes import StopRequest, adopt_orphans
from cryptotrader.local.supervisor import Program, Supervisor

programs = [
    Program(name, (sys.executable, "-u", "-c", code), os.environ, Path.cwd())
    for name, code in json.loads(sys.argv[1]).items()
]
console = Console(sys.stdout, ["local", *(program.name for program in programs)], coloured=False)
stop = StopRequest()
stop.install()
adopt_orphans()
Supervisor(programs, console, grace_seconds=0.5).run(stop)
print("all stopped")
"""
SLEEPER = "import time; print('up'); time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('up'); time.sleep(600)"
PARENT = """
import subprocess, sys, time
stubborn = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
child = subprocess.Popen([sys.executable, "-c", stubborn])
print("grandchild", child.pid)
time.sleep({seconds})
"""


class Supervised:
    """A supervisor in a process of its own."""

    def __init__(self, **programs: str) -> None:
        self.process = subprocess.Popen(
            [
                sys.executable,
                "-c",
                HARNESS,
                json.dumps({name: textwrap.dedent(code) for name, code in programs.items()}),
            ],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.lines: list[str] = []

    def wait_for(self, text: str) -> str:
        """Waits for the first line with this text."""
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self.lines.append(line.rstrip("\n"))
            if text in line:
                return self.lines[-1]
        raise AssertionError(f"{text!r} is not in {self.lines}")

    def everything(self) -> list[psutil.Process]:
        """Returns its children and their children."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Sends a signal and waits; returns its exit code."""
        self.process.send_signal(number)
        output, _ = self.process.communicate(timeout=PATIENCE_SECONDS)
        self.lines += output.splitlines()
        return self.process.returncode


@pytest.fixture
def supervise() -> Iterator[Callable[..., Supervised]]:
    started: list[Supervised] = []

    def start(**programs: str) -> Supervised:
        started.append(Supervised(**programs))
        return started[-1]

    yield start
    for supervised in started:
        supervised.process.kill()
        supervised.process.wait()
        assert supervised.process.stdout is not None
        supervised.process.stdout.close()


@pytest.mark.process
def test_it_labels_lines_and_leaves_no_process_behind(supervise: Callable[..., Supervised]) -> None:
    run = supervise(feed=SLEEPER, worker=SLEEPER)
    assert run.wait_for("up") in {"feed   | up", "worker | up"}
    run.wait_for("up")
    children = run.everything()
    assert len(children) == 2
    assert run.stop() == 0
    assert run.lines[-1] == "all stopped"
    assert_gone(children)


@pytest.mark.process
def test_it_restarts_a_crashed_program_and_says_so(supervise: Callable[..., Supervised], tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    crash_once = f"""
        import pathlib, sys, time
        mark = pathlib.Path({str(mark)!r})
        if not mark.exists():
            mark.touch()
            print("last words")
            sys.exit(7)
        print("second life")
        time.sleep(600)
    """
    run = supervise(feed=crash_once)
    assert run.wait_for("exit code") == "local | feed ended with exit code 7; starting it again in 0.5 s"
    assert run.lines[-2] == "feed  | last words"
    run.wait_for("second life")
    assert run.stop() == 0


@pytest.mark.process
def test_it_ends_what_a_crashed_program_forked(supervise: Callable[..., Supervised]) -> None:
    run = supervise(worker=PARENT.format(seconds=0))
    grandchild = psutil.Process(int(run.wait_for("grandchild").split()[-1]))
    run.wait_for("exit code 0")
    assert_gone([grandchild])
    run.stop()


@pytest.mark.process
def test_it_kills_what_ignores_sigterm_and_grandchildren(supervise: Callable[..., Supervised]) -> None:
    run = supervise(stubborn=STUBBORN, worker=PARENT.format(seconds=600))
    run.wait_for("up" if any("grandchild" in line for line in run.lines) else "grandchild")
    while len(processes := run.everything()) < 3:
        time.sleep(0.01)
    assert run.stop() == 0
    assert_gone(processes)


def test_a_second_interrupt_kills_at_once() -> None:
    now = 0.0
    stop = StopRequest(clock=lambda: now)
    stop.receive(signal.SIGINT)
    stop.receive(signal.SIGINT)
    assert (stop.asked, stop.urgent) == (True, False)  # make's own copy of the same Ctrl-C
    now = 1.0
    stop.receive(signal.SIGTERM)
    assert not stop.urgent
    stop.receive(signal.SIGINT)
    assert stop.urgent


@pytest.mark.process
@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells children of their parent's death")
def test_children_die_with_a_killed_supervisor(supervise: Callable[..., Supervised]) -> None:
    run = supervise(feed=SLEEPER)
    run.wait_for("up")
    children = run.everything()
    assert run.stop(signal.SIGKILL) == -signal.SIGKILL
    assert_gone(children)


@pytest.mark.process
def test_it_stops_when_nobody_reads_its_output(supervise: Callable[..., Supervised]) -> None:
    run = supervise(feed="import time\nwhile True: print('tick'); time.sleep(0.02)")
    run.wait_for("tick")
    children = run.everything()
    assert run.process.stdout is not None
    run.process.stdout.close()
    run.process.wait(timeout=PATIENCE_SECONDS)
    assert_gone(children)


def test_the_back_off_doubles_to_a_limit_and_forgives() -> None:
    backoff = Backoff()
    assert [backoff.after_crash(ran_seconds=1) for _ in range(7)] == [0.5, 1, 2, 4, 8, 10, 10]
    assert backoff.after_crash(ran_seconds=30) == 0.5
    assert backoff.after_crash(ran_seconds=1) == 1


def test_an_exit_is_told_in_words() -> None:
    assert how_it_ended(3) == "ended with exit code 3"
    assert how_it_ended(-signal.SIGKILL) == "was ended by SIGKILL (exit code 137)"


def test_lines_are_whole_after_any_cut_of_the_pipe() -> None:
    reader = LineReader()
    assert reader.feed("가격 1".encode()[:4]) == []
    assert reader.feed("가격 1\r\nnext".encode()[4:]) == ["가격 1"]
    assert reader.close() == ["next"]
    assert reader.close() == []
    assert len(reader.feed(b"x" * 200_000)) == 3


def test_colours_are_for_people_only() -> None:
    stream = io.StringIO()
    Console(stream, ["local", "feed"], coloured=True).line("feed", "hello")
    assert stream.getvalue() == "\x1b[33mfeed  |\x1b[0m hello\n"
    assert not wants_colour(stream, {})
    controller, terminal = os.openpty()
    with os.fdopen(terminal, "w") as screen:
        assert wants_colour(screen, {})
        assert not wants_colour(screen, {"NO_COLOR": "1"})
    os.close(controller)
