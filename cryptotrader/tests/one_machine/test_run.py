"""`run`, for real: the whole platform in the foreground, from the first line to the last process."""

import signal
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.processes import leftovers
from cryptotrader.tests.support.platforms import Platform
from cryptotrader.tests.support.remains import assert_gone

pytestmark = pytest.mark.process


@pytest.fixture
def platform() -> Iterator[Platform]:
    # Not pytest's own directory: another session of root's closes that to PostgreSQL's account.
    with tempfile.TemporaryDirectory(prefix="cryptotrader-") as home:
        running = Platform(Path(home))
        yield running
        running.end()


def test_it_starts_everything_survives_a_crash_and_leaves_nothing(platform: Platform) -> None:
    assert platform.wait_for("Ready").strip() == f"Ready: http://127.0.0.1:{platform.port}/"
    assert "@" in platform.wait_for("staff")
    assert platform.get("/") == 200

    second = platform.do("run")
    assert (second.returncode, second.stderr.count("\n")) == (5, 1)

    platform.child("run_feed").kill()
    platform.wait_for("feed was ended by SIGKILL (exit code 137); starting it again")
    platform.wait_for("feed    | ")  # it prints again

    for name in ("valkey-server", "postgres -D"):
        platform.child(name).kill()
        # A program that doesn't find it may end as well, and be started again.
        platform.wait_for("was ended by SIGKILL (exit code 137); starting it again")
    deadline = time.monotonic() + PATIENCE_SECONDS
    # Everything works again when the feed's price is fresh, and the beat's messages reach both workers.
    while found := platform.faults() - {"disk-low"}:
        assert time.monotonic() < deadline, found
        time.sleep(0.2)

    everything = psutil.Process(platform.process.pid).children(recursive=True)
    assert platform.do("stop").stdout == "local: stopped\n"
    assert platform.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert_gone(everything)
    assert leftovers(platform.home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_while_it_starts_stops_it_as_well(platform: Platform, number: signal.Signals) -> None:
    platform.wait_for("bringing the database up to date")
    platform.process.send_signal(number)
    assert platform.process.wait(timeout=PATIENCE_SECONDS) == 0
    assert leftovers(platform.home) == []
