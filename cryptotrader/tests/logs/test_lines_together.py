import io
import logging
from threading import Thread

import pytest

from cryptotrader.logs.lines import LineHandler, in_one_write


class Counted(io.StringIO):
    """A stream that keeps what each write brought."""

    def __init__(self) -> None:
        super().__init__()
        self.writes: list[str] = []

    def write(self, text: str) -> int:
        self.writes.append(text)
        return super().write(text)


@pytest.fixture
def stream() -> Counted:
    return Counted()


@pytest.fixture
def log(stream: Counted) -> logging.Logger:
    logger = logging.Logger("together")
    logger.addHandler(LineHandler(stream))
    return logger


def test_lines_of_a_block_are_written_at_once_and_in_order(stream: Counted, log: logging.Logger) -> None:
    with in_one_write():
        log.info("one")
        with in_one_write():
            log.warning("two")
        assert stream.writes == []
    assert stream.writes == ["one\ntwo\n"]
    log.info("three")
    assert stream.getvalue() == "one\ntwo\nthree\n"


def test_an_error_waits_for_nothing_and_ends_nothing(stream: Counted, log: logging.Logger) -> None:
    def fall() -> None:
        with in_one_write():
            log.error("at once")
            assert stream.getvalue() == "at once\n"
            log.info("before the fall")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fall()
    assert stream.getvalue() == "at once\nbefore the fall\n"


def test_lines_of_other_threads_do_not_wait(stream: Counted, log: logging.Logger) -> None:
    with in_one_write():
        log.info("ours")
        other = Thread(target=log.info, args=["theirs"])
        other.start()
        other.join()
        assert stream.getvalue() == "theirs\n"
    assert stream.getvalue() == "theirs\nours\n"


def test_a_stream_that_is_gone_stops_nobody(stream: Counted, log: logging.Logger, capsys: object) -> None:
    with in_one_write():
        log.info("nobody hears")
        stream.close()
