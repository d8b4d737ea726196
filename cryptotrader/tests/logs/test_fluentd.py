"""Two real Fluentds with the shipped configurations: lines go from a container's log driver into files of days."""

import gzip
import json
import os
import re
import shutil
import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import msgpack
import pytest
import structlog

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.local.ports import free_port
from cryptotrader.tests.money.test_worker_crash import wait_until
from cryptotrader.tests.support.log_lines import production_lines

FLUENTD = shutil.which("fluentd")
SHIPPED = ROOT / "deploy" / "fluentd"
needs_fluentd = pytest.mark.skipif(FLUENTD is None, reason="fluentd isn't installed (Debian has no package of it)")


class Fluentd:
    """A running Fluentd, and what it says."""

    def __init__(self, process: "subprocess.Popen[bytes]", said: Path) -> None:
        self.process, self.said = process, said

    def says(self, word: str) -> bool:
        assert self.process.poll() is None, self.said.read_text()
        return word in self.said.read_text()

    def stop(self) -> None:
        """It writes what it holds first."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(PATIENCE_SECONDS)


@contextmanager
def running(configuration: str, home: Path, **environ: object) -> Iterator[Fluentd]:
    home.mkdir(exist_ok=True)
    said = home / "said"
    own = {"FLUENTD_HOST": "here", "FLUENTD_BUFFERS": str(home / "buffers"), "FLUENTD_LOGS": str(home / "logs")}
    env = os.environ | own | {name: str(value) for name, value in environ.items()}
    command = [str(FLUENTD), "-c", str(SHIPPED / configuration)]
    with said.open("wb") as output:
        process = subprocess.Popen(command, env=env, stdout=output, stderr=subprocess.STDOUT)
    try:
        made = Fluentd(process, said)
        wait_until(lambda: made.says("fluentd worker is now running"), configuration)
        yield made
    finally:
        process.kill()
        process.wait()


def lines_of_a_service() -> list[str]:
    with production_lines() as lines:
        log = structlog.get_logger("trading.any")
        log.info("trade opened", trade_id="0190a1b2-aaaa-4bbb-8ccc-0123456789ab", user_id=3)
        log.warning("두 번째", reason="가격")
    return lines.text.split("\n")[:-1]


def drive(port: int, texts: list[str]) -> None:
    """Sends lines as Docker's log driver does: without a key, each wrapped in a record of the container."""
    with socket.create_connection(("127.0.0.1", port)) as agent:
        for text in texts:
            record = {"container_id": "c0ffee", "container_name": "/server", "source": "stdout", "log": text}
            agent.sendall(msgpack.packb(["cryptotrader.server", int(datetime.now(UTC).timestamp()), record]))


@needs_fluentd
@pytest.mark.process
def test_lines_arrive_in_the_file_of_their_day_and_program(tmp_path: Path) -> None:
    port, driver = free_port(), free_port()
    began = datetime.now(UTC)
    sent = [*lines_of_a_service(), "Traceback: no JSON"]
    keyed = {"FLUENTD_SHARED_KEY": "the-key", "FLUENTD_PORT": port, "FLUENTD_RECEIVER": "127.0.0.1"}
    with running("fluent.conf", tmp_path / "receiver", **keyed) as receiver:
        with running("agent.conf", tmp_path / "agent", **keyed, FLUENTD_DOCKER_PORT=driver) as agent:
            drive(driver, sent)
            agent.stop()
        receiver.stop()
    (file,) = (tmp_path / "receiver" / "logs" / "cryptotrader.server").iterdir()
    assert file.name in {f"{day:%Y%m%d}.log" for day in (began, datetime.now(UTC))}
    *ours, foreign = [json.loads(line) for line in file.read_text().splitlines()]
    for arrived, line in zip(ours, sent[:-1], strict=True):
        assert json.loads(line).items() <= arrived.items()
        assert "log" not in arrived
    assert foreign["log"] == sent[-1]
    assert "the-key" not in receiver.said.read_text() + agent.said.read_text()


@needs_fluentd
@pytest.mark.process
def test_a_sender_without_the_key_delivers_nothing(tmp_path: Path) -> None:
    port, driver = free_port(), free_port()
    common = {"FLUENTD_PORT": port, "FLUENTD_RECEIVER": "127.0.0.1"}
    with (
        running("fluent.conf", tmp_path / "receiver", **common, FLUENTD_SHARED_KEY="the-key") as receiver,
        running(
            "agent.conf", tmp_path / "agent", **common, FLUENTD_SHARED_KEY="x", FLUENTD_DOCKER_PORT=driver
        ) as agent,
    ):
        drive(driver, lines_of_a_service())
        with suppress(ConnectionError):  # it hangs up on a sender without a key
            drive(port, lines_of_a_service())
        wait_until(lambda: agent.says("shared_key mismatch"), "the refusal")
        receiver.stop()
    assert not (tmp_path / "receiver" / "logs").exists()


def test_each_output_has_a_buffer_and_no_listener_is_open_to_all() -> None:
    """Without Fluentd its syntax can't be checked; the rules that matter can."""
    for path in SHIPPED.glob("*.conf"):
        text = "\n".join(line for line in path.read_text().splitlines() if not line.lstrip().startswith("#"))
        assert sorted(re.findall(r"<(\w+)", text)) == sorted(re.findall(r"</(\w+)", text)), path
        for output in re.findall(r"<match cryptotrader.*?</match>", text, re.DOTALL):
            assert "<buffer" in output
            assert "total_limit_size" in output
        for source in re.findall(r"<source>.*?</source>", text, re.DOTALL):
            assert "shared_key" in source or "bind 127.0.0.1" in source, path
        assert re.findall(r"bind 0", text) == []


@pytest.mark.process
def test_old_days_are_compressed_and_then_deleted(tmp_path: Path) -> None:
    home = tmp_path / "cryptotrader.server"
    home.mkdir()
    today = datetime.now(UTC)
    names = {days: f"{today - timedelta(days=days):%Y%m%d}.log" for days in (0, 1, 29, 40)}
    for name in names.values():
        (home / name).write_text("a line\n")
    (home / "notes.log").write_text("not Fluentd's")
    command = [str(SHIPPED / "keep_logs")]
    environ = os.environ | {"FLUENTD_LOGS": str(tmp_path), "KEEP_DAYS": "30"}
    assert subprocess.run(command, env=environ, check=False).returncode == 0
    assert {each.name for each in home.iterdir()} == {names[0], names[1] + ".gz", names[29] + ".gz", "notes.log"}
    assert gzip.decompress((home / (names[1] + ".gz")).read_bytes()) == b"a line\n"
    wrong = subprocess.run(command, env=environ | {"KEEP_DAYS": "0"}, capture_output=True, text=True, check=False)
    assert (wrong.returncode, wrong.stderr) == (2, "KEEP_DAYS must be a number of days above 0, not '0'\n")
