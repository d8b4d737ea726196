"""Configures logs: one event a line, on stderr; JSON in production, readable in development."""

import logging
from http import HTTPStatus
from typing import Any

import structlog

from cryptotrader.logs.outages import Outages, name_outage

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    name_outage,
    structlog.processors.format_exc_info,
]
_EVENTS: list[Any] = [
    structlog.stdlib.filter_by_level,
    *_SHARED,
    structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
]
"""One list, however often logs are configured: a logger that was used keeps it, and tests look into it."""

INFO = logging.INFO


def as_refusal(record: logging.LogRecord) -> bool:
    """Makes one INFO line of a refused request, without a traceback: nobody has to act on it.

    503 is a refusal too (a stale price), or the answer to an outage, which has lines of its own.
    """
    status = getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    if status < HTTPStatus.INTERNAL_SERVER_ERROR or (status == HTTPStatus.SERVICE_UNAVAILABLE and not record.exc_info):
        record.exc_info = None
        record.levelno, record.levelname = logging.INFO, "INFO"
        return logging.getLogger().isEnabledFor(logging.INFO)
    return True


def configuration(*, readable: bool, level: str) -> dict[str, Any]:
    """Returns Django's LOGGING, and sets structlog up to use the same handler."""
    structlog.configure(
        processors=_EVENTS,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "event": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, _last(readable)],
                "foreign_pre_chain": _SHARED,
            }
        },
        "filters": {"as_refusal": {"()": lambda: as_refusal}, "outages": {"()": Outages}},
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "event", "filters": ["as_refusal", "outages"]}
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            "django_structlog": {"level": "WARNING"},
            "django.server": {"level": "WARNING"},
        },
    }


def _last(readable: bool) -> Any:
    if readable:
        return structlog.dev.ConsoleRenderer(colors=False)
    return structlog.processors.JSONRenderer(ensure_ascii=False)
