"""Writes an event as a line: JSON for programs, or short text with colours for people."""

import json
import logging
import re
import sys
import threading
from collections.abc import Callable, Iterator, MutableMapping
from contextlib import contextmanager, nullcontext
from itertools import groupby
from typing import Any

from structlog.stdlib import ProcessorFormatter

from cryptotrader.logs.fields import IDS

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029]")
_COLOURS = {"DEBUG": 2, "INFO": 32, "WARN": 33, "ERROR": 31}
_HIDDEN = {"time", "level", "event", "program", "logger", "exception", "stack", "request_id", "network"}
"""The name of the process stands before the line already, and a developer has one address."""
_ENCODER = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":"))
Line = MutableMapping[str, Any]


def as_json(_: Any, __: str, line: Line) -> str:
    """One JSON object. Characters that some readers take for the end of a line are escaped."""
    text = _ENCODER.encode(line)
    return text if text.isascii() else text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def as_text(coloured: bool) -> Callable[[Any, str, Line], str]:
    """Returns a renderer of one short line, and of a traceback below it."""

    def render(_: Any, __: str, line: Line) -> str:
        level = f"{line['level']:<5}"
        what = _clean(_what(line))
        rest = _clean(
            " ".join(f"{name}={_shown(value)}" for name, value in line.items() if _is_shown(name, value, line))
        )
        if coloured:
            level = f"\x1b[{_COLOURS.get(str(line['level']), 0)}m{level}\x1b[0m"
            rest = f"\x1b[2m{rest}\x1b[0m" if rest else ""
        head = f"{str(line['time'])[11:23]} {level} {what}"
        traces = [_clean(str(line[name])) for name in ("stack", "exception") if name in line]
        return "\n".join([f"{head}  {rest}" if rest else head, *traces])

    return render


def _clean(text: str) -> str:
    return _CONTROLS.sub("?", text)


def _what(line: Line) -> str:
    if line["event"] == "request":
        route = line.get("route", "(no such address)")
        return f"{line.get('method')} {route} {line.get('status')} {line.get('milliseconds')} ms"
    if line["event"] == "task":
        return f"{line.get('task')} {line.get('outcome')} {line.get('milliseconds')} ms"
    return str(line["event"])


def _is_shown(name: str, value: object, line: Line) -> bool:
    if name in _HIDDEN or (name in IDS and value is None):
        return False
    of_the_head = ("method", "route", "status", "task", "outcome", "milliseconds")
    return not (line["event"] in ("request", "task") and name in of_the_head)


def _shown(value: object) -> str:
    text = str(value).replace("\n", " ")
    return repr(text) if " " in text else text


def keep_error(_: Any, __: str, event: Line) -> Line:
    """structlog's processor: keeps the error itself for a collector, before it becomes text."""
    error = event.get("exc_info")
    if error is True:
        error = sys.exc_info()[1]
    if isinstance(error, tuple):
        error = error[1]
    if isinstance(error, BaseException):
        event["_error"] = error
    return event


class LineFormatter(ProcessorFormatter):
    """structlog's formatter. A line of ours, which nobody else formats, needs no copy of its record."""

    def format(self, record: logging.LogRecord) -> str:
        if not hasattr(record, "_logger"):
            return super().format(record)
        line: Any = {**record.msg, "_record": record, "_from_structlog": True}  # type: ignore[dict-item]
        for process in self.processors:
            line = process(None, "", line)
        return str(line)


_held = threading.local()


@contextmanager
def in_one_write() -> Iterator[None]:
    """Lines of this thread are written together at the end of the block: one call of the system for all."""
    if getattr(_held, "lines", None) is not None:
        yield
        return
    _held.lines = []
    try:
        yield
    finally:
        lines, _held.lines = _held.lines, None
        for handler, each in groupby(lines, key=lambda line: line[0]):
            handler.write("".join(text for _, text in each))


class LineHandler(logging.StreamHandler[Any]):
    """Writes lines to a stream, and passes those of level ERROR on to a collector of errors, if there is one."""

    def __init__(self, stream: Any = None, errors: Callable[[logging.LogRecord], None] | None = None) -> None:
        super().__init__(stream)
        self._errors = errors

    def write(self, text: str) -> None:
        """Writes whole lines."""
        with self.lock or nullcontext():
            try:
                self.stream.write(text)
                self.flush()
            except Exception:
                self.handleError(logging.makeLogRecord({"msg": "lines lost"}))

    def emit(self, record: logging.LogRecord) -> None:
        lines = getattr(_held, "lines", None)
        if lines is not None and record.levelno < logging.ERROR:
            try:
                lines.append((self, self.format(record) + self.terminator))
            except Exception:
                self.handleError(record)
            return
        if self._errors is None or record.levelno < logging.ERROR:
            super().emit(record)
            return
        record.line = {}  # `known_fields` fills it
        super().emit(record)
        try:
            self._errors(record)
        except Exception:
            self.handleError(record)
