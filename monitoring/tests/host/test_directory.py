"""What several processes count together, and what stays of those that have ended."""

import fcntl
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from monitoring.host.directory import SIZES, TURN_SECONDS

ROOT = Path(__file__).parents[3]


class Counting:
    """A process that has counted to a number."""

    def __init__(self, directory: Path, number: int) -> None:
        command = [sys.executable, "-m", "monitoring.tests.host.counting", str(directory), str(number)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.name = self._line().strip()

    def ask(self, what: str = "") -> dict[str, float]:
        """All that the directory says, by this process."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{what}\n")
        self.process.stdin.flush()
        return dict(json.loads(self._line()))

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _line(self) -> str:
        assert self.process.stdout is not None
        return str(self.process.stdout.readline())


Start = Callable[[int], Counting]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def begin(number: int) -> Counting:
            counting = Counting(tmp_path, number)
            stack.callback(counting.kill)
            return counting

        yield begin


def of(answer: dict[str, float]) -> tuple[float, float, float]:
    return answer["events_total"], answer["open"], answer["sizes_count"]


@pytest.mark.process
def test_processes_add_up_and_what_has_ended_stays_counted_but_not_open(start: Start, tmp_path: Path) -> None:
    one, two = start(3), start(4)
    assert of(one.ask()) == of(two.ask()) == (7, 7, 2)
    assert one.ask()["sizes_bucket10.0"] == 2

    two.kill()
    assert of(one.ask()) == (7, 3, 2)
    assert not list(tmp_path.glob(f"*{two.name}*"))

    assert of(one.ask("fork")) == (8, 3, 3)  # the child's own files went with it

    # A file that was left by a process whose id another one has now; one that its process could not finish.
    stranger = f"server-{one.process.pid}-1"
    for kind in SIZES:
        content = (tmp_path / f"{kind}_{one.name}.db").read_bytes()
        (tmp_path / f"{kind}_{stranger}.db").write_bytes(content)
        (tmp_path / f"{kind}_server-1-1.db").write_bytes(b"")
    assert of(one.ask()) == (11, 3, 4)
    assert of(one.ask()) == (11, 3, 4)

    three = start(1)
    assert of(three.ask()) == (12, 4, 5)
    assert sorted({file.stem.rpartition("_")[2] for file in tmp_path.glob("*.db")}) == sorted(
        [one.name, three.name, "past"]
    )

    one.kill()
    three.kill()
    assert of(start(2).ask()) == (2, 2, 1)


@pytest.mark.process
def test_one_that_was_stopped_in_its_turn_holds_nobody_up(start: Start, tmp_path: Path) -> None:
    counting = start(3)
    with (tmp_path / "turn").open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        assert TURN_SECONDS <= 1
        assert of(counting.ask()) == (3, 3, 1)
