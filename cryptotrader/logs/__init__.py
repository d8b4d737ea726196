"""Configures logs: one event a line. docs/decisions/0032 says why they look as they do."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import structlog

from cryptotrader.logs.fields import known_fields
from cryptotrader.logs.lines import LineFormatter, as_json, as_text, keep_error
from cryptotrader.logs.outages import Outages, name_outage
from cryptotrader.logs.told import ClientFaults, first_line_of_libraries, is_untold
from cryptotrader.program import log_name, service_name

ROOMS = ("cryptotrader", "accounts", "trading", "monitoring")
QUIET = {
    "asyncio": "INFO", "celery": "WARNING", "daphne": "WARNING", "django": "INFO",
    "django.channels.server": "WARNING", "django.db.backends": "INFO", "gunicorn": "WARNING",
    "gunicorn.error": "WARNING", "httpcore": "WARNING", "httpx": "WARNING", "kombu": "WARNING",
    "multiprocessing": "WARNING", "twisted": "WARNING", "urllib3": "ERROR", "uvicorn": "WARNING",
    "uvicorn.asgi": "WARNING", "uvicorn.error": "WARNING", "websockets": "WARNING",
}  # fmt: skip
"""The least levels of libraries: below them they tell of each message, some of them with its content."""
MUTE = ("uvicorn.access", "gunicorn.access", "django.server", "celery.app.trace", "opentelemetry", "sentry_sdk")
"""We tell the same, in our own lines; the last two would tell of an absent collector again and again."""


PROGRAM = os.environ.get("LOG_PROGRAM") or log_name()


def _name_writer(_: Any, __: str, event: Any) -> Any:
    event.setdefault("program", PROGRAM)
    if not event["_from_structlog"]:
        event["logger"] = event["_record"].name
    return event


def of_errors(*processors: Any) -> Any:
    """A processor of these for events with an error or a stack: most lines have none, and pass them by."""

    def process(logger: Any, name: str, event: Any) -> Any:
        if "exc_info" in event or "stack_info" in event:
            for each in processors:
                event = each(logger, name, event)
        return event

    return process


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", key="time"),
    of_errors(
        name_outage,
        keep_error,
        structlog.processors.StackInfoRenderer(),
        structlog.processors.format_exc_info,
    ),
]
_EVENTS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
"""One list, however often logs are configured: a logger that was used keeps it, and tests look into it."""


FILTERS: dict[str, Callable[[], object]] = {
    "told": lambda: is_untold,
    "first_line": lambda: first_line_of_libraries,
    "client_faults": ClientFaults,
    "outages": Outages,
}


def configuration(
    *, readable: bool, level: str, coloured: bool = False, errors: Callable[[logging.LogRecord], None] | None = None
) -> dict[str, Any]:
    """Returns Django's LOGGING, and sets structlog up to use the same handler.

    `level` is that of our own rooms. Libraries never go below INFO. `errors` gets the records of level ERROR, too.
    """
    structlog.configure(
        processors=_EVENTS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    logging.captureWarnings(service_name() is not None)
    _find_no_places()
    of_libraries = max(logging.INFO, logging.getLevelNamesMapping()[level])
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": LineFormatter, **_formatter(readable, coloured)}},
        "filters": {name: {"()": make} for name, make in FILTERS.items()},
        "handlers": {
            "console": {
                "()": "cryptotrader.logs.lines.LineHandler",
                "stream": sys.stdout if service_name() else sys.stderr,
                "errors": errors,
                "formatter": "event",
                "filters": list(FILTERS),
            }
        },
        "root": {"handlers": ["console"], "level": of_libraries},
        "loggers": _loggers(level, of_libraries),
    }


def _find_no_places() -> None:
    """No line names the place in the code, the thread or the process: to find them out costs half a line's time.

    As the manual of `logging` has it ("Optimization").
    """
    logging._srcfile = None
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False


def _loggers(level: str, of_libraries: int) -> dict[str, Any]:
    """Servers configure handlers of their own first: without these, their lines come to ours."""
    ours: dict[str, Any] = {"handlers": [], "propagate": True}
    return {
        **{name: ours | {"level": level} for name in ROOMS},
        **{name: ours | {"level": max(of_libraries, getattr(logging, least))} for name, least in QUIET.items()},
        **{name: {"handlers": [], "propagate": False, "level": "CRITICAL"} for name in MUTE},
    }


def _formatter(readable: bool, coloured: bool) -> dict[str, Any]:
    last = as_text(coloured) if readable else as_json
    return {
        "processors": [_name_writer, known_fields, last],
        "foreign_pre_chain": _SHARED,
    }
