"""Prints the logs of many processes on one terminal: each line after the coloured, fixed-width name of its writer."""

import os
from collections.abc import Mapping, Sequence
from typing import TextIO

_COLOURS = (36, 33, 35, 34, 32)
_LINE_LENGTH_MAX = 64 * 1024


class Console:
    """Writes labelled lines. `lost` becomes true when the reader has gone (`make run | head`)."""

    def __init__(self, stream: TextIO, labels: Sequence[str], *, coloured: bool) -> None:
        self.lost = False
        self._stream = stream
        self._width = max(map(len, labels))
        self._colours = {label: _COLOURS[index % len(_COLOURS)] for index, label in enumerate(labels)}
        self._coloured = coloured

    def line(self, label: str, text: str) -> None:
        """Writes one line after its label."""
        head = f"{label:<{self._width}} |"
        if self._coloured:
            head = f"\x1b[{self._colours.get(label, 0)}m{head}\x1b[0m"
        self.write(f"{head} {text}")

    def write(self, text: str) -> None:
        """Writes one line unchanged."""
        if self.lost:
            return
        try:
            self._stream.write(text + "\n")
            self._stream.flush()
        except OSError:
            self.lost = True
            # The rest of the buffer would fail again, and loudly, when Python exits.
            os.dup2(os.open(os.devnull, os.O_WRONLY), self._stream.fileno())


def wants_colour(stream: TextIO, environ: Mapping[str, str]) -> bool:
    """Colours are for people only: on a terminal, unless NO_COLOR is set (https://no-color.org)."""
    return stream.isatty() and not environ.get("NO_COLOR")


class LineReader:
    """Splits the bytes of a pipe into whole lines."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, data: bytes) -> list[str]:
        """Returns the complete lines. An endless line is cut every 64 KiB."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        while len(self._rest) > _LINE_LENGTH_MAX:
            lines.append(self._rest[:_LINE_LENGTH_MAX])
            self._rest = self._rest[_LINE_LENGTH_MAX:]
        return [_text(line) for line in lines]

    def close(self) -> list[str]:
        """Returns the last line if its writer ended without a line break."""
        rest, self._rest = self._rest, b""
        return [_text(rest)] if rest else []


def _text(line: bytes) -> str:
    return line.decode("utf-8", errors="replace").rstrip("\r")
