"""How and what this process logs."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured

from cryptotrader import env, logs
from cryptotrader.logs.crashes import tell_crashes
from cryptotrader.program import service_name

_TRACES = "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT"
_FORMATS = ("json", "text")
_LEVELS = {"DEBUG": "DEBUG", "INFO": "INFO", "WARN": "WARNING", "WARNING": "WARNING", "ERROR": "ERROR"}


def _one_of(name: str, known: tuple[str, ...], default: str) -> str:
    value = env.text(name, "") or default
    if value not in known:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(known)}")
    return value


def _wants_colour() -> bool:
    """https://no-color.org, https://force-color.org: `make run` forces it, because it prints the lines itself."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or sys.stdout.isatty()


LOG_FORMAT = _one_of("LOG_FORMAT", _FORMATS, "text" if env.flag("DJANGO_DEBUG") else "json")
# A command speaks to the person at the terminal: its log has troubles only.
LOG_LEVEL = _LEVELS[_one_of("LOG_LEVEL", tuple(_LEVELS), "INFO" if service_name() else "WARN")]
LOG_SLOW_MILLISECONDS = env.integer("LOG_SLOW_MILLISECONDS", 2_000)
"""A request or a task that takes longer is a warning."""

# Collectors, both optional: a process that isn't told of one imports nothing of it.
SENTRY_DSN = env.matching("SENTRY_DSN", "", r"(https?://[^\s@/]+@[^\s@/]+/\S*)?", "https://key@sentry.example/1")
_errors = None
if SENTRY_DSN and service_name():
    from cryptotrader.telemetry.sentry import reporter

    _errors = reporter(SENTRY_DSN)
LOGGING = logs.configuration(readable=LOG_FORMAT == "text", level=LOG_LEVEL, coloured=_wants_colour(), errors=_errors)
if LOG_FORMAT == "json" and service_name():
    tell_crashes()
TRACING = bool(service_name() and (os.environ.get("OTEL_EXPORTER_OTLP_ENDPOINT") or os.environ.get(_TRACES)))
