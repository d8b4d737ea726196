"""Reads a recorded Binance combined stream: a line is the receive time in ns, a blank, the message as received."""

import gzip
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import islice
from pathlib import Path
from typing import BinaryIO, cast

import structlog

from accounts.domain.notation import parse_decimal

log = structlog.get_logger(__name__)

LINE_LENGTH_MAX = 1024 * 1024
HEAD_LINES = 5_000
"""The first best price must come within this many lines; the symbols in them are the recording's symbols."""

_TIME_DIGITS = 19
"""The digits of nanoseconds since 1970, from 2001 to 2286."""


class NotARecording(Exception):
    """The file can't be read, or isn't such a recording."""


@dataclass(frozen=True, slots=True)
class BestPrice:
    """One `bookTicker` message. `received_us` is in µs since 1970: the recorded ns, truncated."""

    symbol: str
    bid: Decimal
    ask: Decimal
    received_us: int


class Recording:
    """A recording on disk, plain or gzipped, read line by line: it may be of any length.

    Raises NotARecording when the file can't be read or its first 5,000 lines have no best price.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        head = list(_best_prices(path, log_skipped=False, lines_max=HEAD_LINES))
        if not head:
            raise NotARecording(f"{path} is not a recorded Binance stream: no bookTicker in its first lines")
        self.symbols = frozenset(item.symbol for item in head)

    def best_prices(self) -> Iterator[BestPrice]:
        """All best prices from the beginning. Skips unreadable lines and logs their number at the end.

        Raises NotARecording when the file can no longer be read.
        """
        return _best_prices(self.path, log_skipped=True)


def _best_prices(path: Path, *, log_skipped: bool, lines_max: int | None = None) -> Iterator[BestPrice]:
    skipped, latest_us = 0, 0
    for line in islice(_lines(path), lines_max):
        try:
            item = _parse(line)
        except (ValueError, RecursionError):
            skipped += 1
            continue
        if item is None:
            continue
        if item.received_us < latest_us:
            skipped += 1
            continue
        latest_us = item.received_us
        yield item
    if skipped and log_skipped:
        log.warning("unreadable lines in the recording were skipped", file=path.name, lines=skipped)


def _lines(path: Path) -> Iterator[bytes]:
    """The file's lines; cuts an endless one into pieces, and ends at a damaged last block."""
    try:
        with _open(path) as file:
            yield from iter(partial(file.readline, LINE_LENGTH_MAX), b"")
    except EOFError:
        log.warning("the recording is cut off", file=path.name)
    except (OSError, zlib.error) as error:
        raise NotARecording(f"{path} can't be read: {error}") from error


def _open(path: Path) -> BinaryIO:
    return cast(BinaryIO, gzip.open(path)) if path.suffix == ".gz" else path.open("rb")


def _parse(line: bytes) -> BestPrice | None:
    """The best price in a line, None for another message. Raises ValueError for an invalid line."""
    time, _, text = line.partition(b" ")
    if len(time) != _TIME_DIGITS or not time.isdigit():
        raise ValueError("no receive time")
    message = json.loads(text)
    match message:
        case {"stream": str(stream), "data": {"s": str(symbol), "b": bid, "a": ask}} if _is_best_price(stream):
            return _best_price(symbol, parse_decimal(bid), parse_decimal(ask), int(time) // 1000)
        case {"stream": str(stream), "data": {}} if _is_best_price(stream):
            raise ValueError("a best price without its prices")
        case {}:
            return None
    raise ValueError("not a message")


def _is_best_price(stream: str) -> bool:
    return stream.endswith("@bookTicker")


def _best_price(symbol: str, bid: Decimal | None, ask: Decimal | None, received_us: int) -> BestPrice:
    if bid is None or ask is None or not 0 < bid <= ask:
        raise ValueError("not a price")
    return BestPrice(symbol, bid, ask, received_us)
