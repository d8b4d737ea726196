"""Makes a line of the error that ends a program or a thread: Python would print a traceback of its own."""

import sys
import threading
from types import TracebackType

import structlog

log = structlog.get_logger(__name__)


def tell_crashes() -> None:
    """From now on, in this process. Ctrl-C stays as it is."""
    sys.excepthook = tell_end
    threading.excepthook = tell_thread


def tell_end(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Python's hook for the error that ends the program."""
    if issubclass(kind, Exception):
        log.error("the program ends by an error", exc_info=(kind, error, trace))
    else:
        sys.__excepthook__(kind, error, trace)


def tell_thread(ended: threading.ExceptHookArgs) -> None:
    """Python's hook for the error that ends a thread."""
    if ended.exc_value is not None and issubclass(ended.exc_type, Exception):
        log.error("a thread ends by an error", exc_info=(ended.exc_type, ended.exc_value, ended.exc_traceback))
