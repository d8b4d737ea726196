"""Configures logs: one event a line, on stderr; JSON in production, readable in development."""

import logging
from http import HTTPStatus
from typing import Any

import structlog

_SHARED: list[Any] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso"),
    structlog.processors.format_exc_info,
]


def without_trace(record: logging.LogRecord) -> bool:
    """Lets every record pass, but drops the traceback of a client's refused request: one line is enough."""
    if getattr(record, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR) < HTTPStatus.INTERNAL_SERVER_ERROR:
        record.exc_info = None
    return True


def configuration(*, readable: bool, level: str) -> dict[str, Any]:
    """Returns Django's LOGGING, and sets structlog up to use the same handler."""
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
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
        "filters": {"without_trace": {"()": lambda: without_trace}},
        "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "event", "filters": ["without_trace"]}},
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
