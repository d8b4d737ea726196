import gzip
from decimal import Decimal
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from trading.feeds.recording import BestPrice, NotARecording, Recording

FIXTURE = Path(__file__).parent / "recording.jsonl"
GOOD = '1700000001000000999 {"stream":"btcusdt@bookTicker","data":{"u":1,"s":"BTCUSDT","b":"100.00","a":"100.02"}}'
LATER = GOOD.replace("170000000100", "170000000200")


def recording(directory: Path, *lines: str) -> Recording:
    path = directory / "capture.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return Recording(path)


def test_it_reads_best_prices_with_their_receive_time_truncated_to_microseconds(tmp_path: Path) -> None:
    (item,) = recording(tmp_path, GOOD).best_prices()

    assert item == BestPrice("BTCUSDT", Decimal("100.00"), Decimal("100.02"), 1_700_000_001_000_000)


def test_it_passes_over_other_streams_and_messages_without_data() -> None:
    found = Recording(FIXTURE)

    items = list(found.best_prices())
    text = FIXTURE.read_text()
    assert len(items) == text.count("bookTicker") < text.count("\n")
    assert found.symbols == {"BTCUSDT", "ETHUSDT"}
    assert [item.received_us for item in items] == sorted(item.received_us for item in items)


def test_it_can_be_read_again_from_the_beginning() -> None:
    found = Recording(FIXTURE)

    assert list(found.best_prices()) == list(found.best_prices())


@pytest.mark.parametrize(
    "line",
    [
        "",
        "garbage",
        "\x00\xff",
        GOOD.partition(" ")[2],
        GOOD.partition(" ")[0],
        GOOD[:-1],
        GOOD.replace(" ", "", 1),
        GOOD.replace("1700000001000000999", "17000000010000009"),
        GOOD.replace("1700000001000000999", "17000000010000009990"),
        GOOD.replace("1700000001000000999", "1_00000001000000999"),
        GOOD.replace("1700000001000000999", "-700000001000000999"),
        '1700000001000000999 "bookTicker"',
        "1700000001000000999 " + "[" * 100_000,
        "1700000001000000999 " + "1" * 100_000,
        '1700000001000000999 {"stream":"btcusdt@bookTicker","data":{}}',
        '1700000001000000999 {"stream":"btcusdt@bookTicker","data":{"s":7,"b":"1","a":"2"}}',
        GOOD.replace("100.00", "NaN"),
        GOOD.replace("100.00", "1_0"),
        GOOD.replace("100.00", "１００"),
        GOOD.replace("100.00", "-100"),
        GOOD.replace("100.00", "0"),
        GOOD.replace("100.00", "1e400"),
        GOOD.replace("100.00", "100.03"),
        GOOD.replace('"100.00"', "null"),
        GOOD.replace("17000000010", "16999999990"),
    ],
    ids=lambda line: line[:60],
)
def test_it_skips_a_line_that_makes_no_sense_and_counts_it(tmp_path: Path, line: str) -> None:
    found = recording(tmp_path, GOOD, line, LATER)

    with capture_logs() as logs:
        items = list(found.best_prices())
    assert len(items) == 2
    assert [(entry["log_level"], entry["lines"]) for entry in logs] == [("warning", 1)]


@pytest.mark.parametrize(
    "line",
    [
        '1700000001000000999 {"lastUpdateId":1,"bids":[],"asks":[]}',
        '1700000001000000999 {"stream":"btcusdt@trade","data":{"p":"1"}}',
        '1700000001000000999 {"stream":"btcusdt@bookTicker","data":null}',
    ],
)
def test_it_is_silent_about_lines_of_something_else(tmp_path: Path, line: str) -> None:
    found = recording(tmp_path, GOOD, line, LATER)

    with capture_logs() as logs:
        assert len(list(found.best_prices())) == 2
    assert logs == []


def test_an_endless_line_is_skipped_in_pieces(tmp_path: Path) -> None:
    found = recording(tmp_path, GOOD, "x" * 2_500_000, LATER)

    with capture_logs() as logs:
        assert len(list(found.best_prices())) == 2
    assert logs[0]["lines"] == 3


def test_it_reads_gzipped_files(tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl.gz"
    path.write_bytes(gzip.compress(FIXTURE.read_bytes()))

    assert list(Recording(path).best_prices()) == list(Recording(FIXTURE).best_prices())


def test_it_reads_a_gzipped_file_as_far_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "capture.jsonl.gz"
    path.write_bytes(gzip.compress(FIXTURE.read_bytes())[:-3000])

    with capture_logs() as logs:
        items = list(Recording(path).best_prices())
    assert 10 < len(items) < len(list(Recording(FIXTURE).best_prices()))
    assert items == list(Recording(FIXTURE).best_prices())[: len(items)]
    assert "the recording is cut off" in [entry["event"] for entry in logs]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("empty.jsonl", b""),
        ("notes.txt", b"Dear diary,\nnothing was recorded.\n"),
        ("noise.bin", bytes(range(256)) * 64),
        ("other.jsonl", b'1700000001000000999 {"stream":"btcusdt@trade","data":{"p":"1"}}\n'),
        ("plain.jsonl.gz", GOOD.encode()),
        ("empty.jsonl.gz", b""),
        ("zipped.jsonl", gzip.compress(GOOD.encode())),
        ("broken.jsonl.gz", gzip.compress(GOOD.encode())[:10] + b"\xff" * 200),
    ],
)
def test_it_refuses_a_file_that_is_not_a_recording(tmp_path: Path, name: str, content: bytes) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    with pytest.raises(NotARecording, match=name):
        Recording(path)


def test_it_refuses_a_file_that_is_not_there_or_a_directory(tmp_path: Path) -> None:
    with pytest.raises(NotARecording, match="nowhere"):
        Recording(tmp_path / "nowhere.jsonl")
    with pytest.raises(NotARecording, match="can't be read"):
        Recording(tmp_path)
