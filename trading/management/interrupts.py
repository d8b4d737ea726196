"""SIGTERM ends a command after the batch under way: no half line, no half batch."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import current_thread, main_thread


@dataclass
class Interrupted:
    """Whether the command was asked to stop."""

    asked: bool = False


@contextmanager
def finishing_the_batch() -> Iterator[Interrupted]:
    """While it lasts, the first SIGTERM or Ctrl-C only asks; the next one ends the process as usual."""
    stop = Interrupted()
    if current_thread() is not main_thread():  # only the main thread receives signals
        yield stop
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}

    def ask(number: int, _: object) -> None:
        stop.asked = True
        signal.signal(number, before[signal.Signals(number)])

    for number in before:
        signal.signal(number, ask)
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
