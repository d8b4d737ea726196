"""Configures logs: one event a line. docs/decisions/0032 says why they look as they do."""

import logging
import os
import sys
from collections.abc import Callable
from typing import Any

import structlog

from cryptotrader.logs.fields import known_fields
from cryptotrader.logs.lines import as_json, as_text
from cryptotrader.logs.outages import Outages, name_outage
from cryptotrader.logs.told import first_line_of_libraries, is_untold
from cryptotrader.program import log_name, service_name

ROOMS = ("cryptotrader", "accounts", "trading", "monitoring")
QUIET = {
    "uvicorn": "WARNING", "uvicorn.error": "WARNING", "uvicorn.asgi": "WARNING",
    "gunicorn": "WARNING", "gunicorn.error": "WARNING",
    "daphne": "WARNING", "websockets": "WARNING", "twisted": "WARNING", "asyncio": "INFO",
    "celery": "WARNING", "kombu": "WARNING", "multiprocessing": "WARNING", "httpx": "WARNING", "httpcore": "WARNING",
    "django": "INFO", "django.db.backends": "INFO", "django.channels.server": "WARNING", "urllib3": "ERROR",
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


_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", key="time"),
    name_outage,
    structlog.processors.StackInfoRenderer(),
    structlog.processors.format_exc_info,
]
_EVENTS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
"""One list, however often logs are configured: a logger that was used keeps it, and tests look into it."""


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
    of_libraries = max(logging.INFO, logging.getLevelNamesMapping()[level])
    own = {"handlers": [], "propagate": True}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"event": {"()": structlog.stdlib.ProcessorFormatter, **_formatter(readable, coloured)}},
        "filters": {
            "told": {"()": lambda: is_untold},
            "first_line": {"()": lambda: first_line_of_libraries},
            "outages": {"()": Outages},
        },
        "handlers": {
            "console": {
                "()": "cryptotrader.logs.lines.LineHandler",
                "stream": sys.stdout if service_name() else sys.stderr,
                "errors": errors,
                "formatter": "event",
                "filters": ["told", "first_line", "outages"],
            }
        },
        "root": {"handlers": ["console"], "level": of_libraries},
        # Servers configure their own handlers first: without them, their lines come to ours.
        "loggers": {
            **{name: {**own, "level": level} for name in ROOMS},
            **{name: {**own, "level": max(of_libraries, getattr(logging, least))} for name, least in QUIET.items()},
            **{name: {"handlers": [], "propagate": False, "level": "CRITICAL"} for name in MUTE},
        },
    }


def _formatter(readable: bool, coloured: bool) -> dict[str, Any]:
    last = as_text(coloured) if readable else as_json
    meta = structlog.stdlib.ProcessorFormatter.remove_processors_meta
    return {
        "processors": [_name_writer, meta, known_fields, last],
        "foreign_pre_chain": _SHARED,
    }
