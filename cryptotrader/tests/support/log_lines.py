"""The lines that this process logs, in the format of production."""

import io
import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import structlog

from cryptotrader.logs import ROOMS, configuration
from cryptotrader.logs.outages import Outages


class Lines:
    """What the console got, from now on."""

    def __init__(self) -> None:
        self.stream = io.StringIO()

    @property
    def text(self) -> str:
        return self.stream.getvalue()

    @property
    def all(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.text.split("\n")[:-1]]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [line for line in self.all if line["event"] == event]

    def one(self, event: str) -> dict[str, Any]:
        (line,) = self.of(event)
        return line


@contextmanager
def production_lines(*, level: str = "INFO", readable: bool = False) -> Iterator[Lines]:
    """Turns the console to the format of production, at the level of a service."""
    lines = Lines()
    (console,) = [each for each in logging.getLogger().handlers if each.name == "console"]
    assert isinstance(console, logging.StreamHandler)
    for each in console.filters:
        if isinstance(each, Outages):
            each.forget()
    formatter = configuration(readable=readable, level=level)["formatters"]["event"]
    shown, before = console.formatter, console.setStream(lines.stream)
    console.setFormatter(structlog.stdlib.ProcessorFormatter(**{k: v for k, v in formatter.items() if k != "()"}))
    loggers = [logging.getLogger(name) for name in ("", *ROOMS)]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(level)
    try:
        yield lines
    finally:
        console.setFormatter(shown)
        console.setStream(before)
        for logger, former in zip(loggers, levels, strict=True):
            logger.setLevel(former)
