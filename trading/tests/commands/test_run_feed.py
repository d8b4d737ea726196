import gzip
import itertools
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from threading import Timer
from urllib.parse import quote

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.tests.patience import PATIENCE_SECONDS
from trading.models import IndexPrice, Instrument

RECORDING = Path(__file__).parents[1] / "feeds" / "recording.jsonl"
VARIABLES = ("FEED", "REPLAY_FILE", "REPLAY_SPEED", "MARKET_DATA_DIR", "SIMULATION_SEED", "VENUES_FILE")


@pytest.fixture(autouse=True)
def _nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def instrument(db: None) -> Instrument:
    return Instrument.objects.create(symbol="BTC-USDT", pip=Decimal("0.01"), durations=[15, 60])


def refusal(*arguments: str) -> tuple[int, str]:
    """The exit code and the line on stderr of a command that doesn't start."""
    with pytest.raises(CommandError) as caught:
        call_command("run_feed", *arguments)
    return caught.value.returncode, str(caught.value)


def test_its_help_tells_feeds_and_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        call_command("run_feed", "--help")

    assert stopped.value.code == 0
    text = capsys.readouterr().out
    for word in ("simulated", "replay", "live", "exit codes:", "FEED", "REPLAY_FILE", "REPLAY_SPEED", "examples:"):
        assert word in text


def venues_file(tmp_path: Path, text: str) -> str:
    path = tmp_path / "venues.toml"
    path.write_text(text)
    return str(path)


def test_dollars_mixed_into_tethers_are_a_wrong_configuration(instrument: Instrument, tmp_path: Path) -> None:
    path = venues_file(tmp_path, '[instruments.BTC-USDT]\nokx = "BTC/USDT"\nkraken = "BTC/USD"\n')
    told = f"{path}: BTC-USDT, kraken: BTC/USD is in USD, not USDT: name its conversion"
    assert refusal("--feed", "live", "--venues-file", path) == (2, told)


def test_an_index_that_needs_more_venues_than_are_listed_is_a_wrong_configuration(
    instrument: Instrument, tmp_path: Path
) -> None:
    path = venues_file(tmp_path, '[instruments.BTC-USDT]\nokx = "BTC/USDT"\nkraken = "BTC/USDT"\n')
    assert refusal("--feed", "live", "--venues-file", path) == (2, f"{path}: BTC-USDT needs 3 venues and has 2")


def test_a_conversion_that_is_no_instrument_is_a_wrong_configuration(instrument: Instrument) -> None:
    code, line = refusal("--feed", "live")

    assert code == 2
    assert "USDT-USD converts others, and there is no such instrument" in line


def test_a_conversion_that_can_be_traded_is_a_wrong_configuration(instrument: Instrument) -> None:
    Instrument.objects.create(symbol="USDT-USD", pip=Decimal("0.000001"), durations=[15], venues_min=2)
    code, line = refusal("--feed", "live")

    assert code == 2
    assert "USDT-USD converts others and can be traded itself" in line


@pytest.mark.parametrize("feed", ["random", "Replay", "replay "])
def test_it_refuses_an_unknown_feed(instrument: Instrument, feed: str) -> None:
    code, line = refusal("--feed", feed)

    assert code == 2
    assert "FEED must be simulated, replay or live" in line


def test_the_environment_names_the_feed_too(instrument: Instrument, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FEED", "life")

    assert refusal() == (2, "FEED must be simulated, replay or live, not 'life'")


@pytest.mark.parametrize(
    "speed", ["0", "-1", "NaN", "Infinity", "1e2", "1_0", "１０", "fast", " 1", "0.009", "1000.1", "1e400"]
)
def test_it_refuses_a_speed_that_is_not_a_plain_positive_number(instrument: Instrument, speed: str) -> None:
    code, line = refusal("--feed", "replay", "--file", str(RECORDING), f"--speed={speed}")

    assert code == 2
    assert "REPLAY_SPEED must be a number from 0.01 to 1000" in line


def test_it_asks_for_a_recording_when_there_is_none(instrument: Instrument, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKET_DATA_DIR", str(tmp_path))
        code, line = refusal("--feed", "replay")

    assert code == 2
    assert "REPLAY_FILE" in line
    assert "has 0" in line


def test_it_does_not_choose_between_two_recordings(instrument: Instrument, tmp_path: Path) -> None:
    for name in ("one.jsonl.gz", "two.jsonl.gz"):
        (tmp_path / name).write_bytes(gzip.compress(RECORDING.read_bytes()))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MARKET_DATA_DIR", str(tmp_path))
        code, line = refusal("--feed", "replay")

    assert code == 2
    assert "has 2" in line


@pytest.mark.parametrize("content", [b"", b"not a recording\n"])
def test_it_refuses_a_file_that_is_not_a_recording(instrument: Instrument, tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(content)

    code, line = refusal("--feed", "replay", "--file", str(path))
    assert code == 2
    assert "notes.txt is not a recorded Binance stream" in line


def test_it_refuses_a_file_that_is_not_there(instrument: Instrument, tmp_path: Path) -> None:
    code, line = refusal("--feed", "replay", "--file", str(tmp_path / "nowhere.jsonl"))

    assert code == 2
    assert "can't be read" in line


def test_it_refuses_a_recording_of_nothing_that_is_traded_here(instrument: Instrument) -> None:
    Instrument.objects.update(symbol="DOGE-USDT")

    code, line = refusal("--feed", "replay", "--file", str(RECORDING))
    assert code == 2
    assert "['BTCUSDT', 'ETHUSDT']" in line


def test_it_fails_where_there_are_no_instruments(db: None) -> None:
    assert refusal() == (1, "there are no instruments to price")


@pytest.mark.process
def test_without_a_database_it_says_so_and_exits_with_4() -> None:
    nowhere = {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none"}
    process = subprocess.run(
        [sys.executable, "manage.py", "run_feed"],
        env=os.environ | nowhere,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )

    assert process.returncode == 4
    assert "the database doesn't answer" in process.stderr
    assert "Traceback" not in process.stderr


@pytest.mark.process
@pytest.mark.django_db(transaction=True)
def test_a_second_process_takes_over_when_the_first_is_killed(instrument: Instrument) -> None:
    with _feed() as first:
        _await(first, "index prices begin")
        with _feed() as second:
            _await(second, "waiting to take over")
            killed_after = IndexPrice.objects.count()
            first.kill()
            _await(second, "index prices begin")
            second.send_signal(signal.SIGTERM)
            assert second.wait(timeout=PATIENCE_SECONDS) == 0

    prices = list(IndexPrice.objects.order_by("sequence"))
    assert len(prices) > killed_after >= 1
    assert {price.source for price in prices} == {"replay"}
    assert all(b.previous == a.digest for a, b in itertools.pairwise(prices))


@contextmanager
def _feed() -> Iterator["subprocess.Popen[str]"]:
    """`manage.py run_feed` on the test's own database, started like an operator's; it ends with the block."""
    place = connection.settings_dict
    who = f"{quote(place['USER'])}:{quote(place['PASSWORD'])}"
    url = f"postgresql://{who}@{quote(place['HOST'], safe='')}:{place['PORT']}/{place['NAME']}"
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_feed", "--feed", "replay", "--file", str(RECORDING)],
        env=os.environ | {"DATABASE_URL": url},
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    deadline = Timer(PATIENCE_SECONDS, process.kill)
    deadline.start()
    try:
        yield process
    finally:
        deadline.cancel()
        process.kill()
        process.communicate()


def _await(process: "subprocess.Popen[str]", words: str) -> None:
    """Read its log up to a line with these words."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if words in line:
            return
    raise AssertionError("".join(seen))
