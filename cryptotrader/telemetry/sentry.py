"""Sends each line of level ERROR to Sentry: the same fields as in the log, and the traceback without any values."""

import logging
import os
from collections.abc import Callable
from typing import Any

import sentry_sdk
from django.core.exceptions import ImproperlyConfigured
from sentry_sdk.integrations.atexit import AtexitIntegration
from sentry_sdk.utils import BadDsn, event_from_exception

from cryptotrader.logs.fields import EXCEPTION_MAX
from cryptotrader.logs.redaction import redacted

KEPT = {"event_id", "timestamp", "level", "logger", "message", "tags", "user", "exception", "platform", "release",
        "environment", "server_name", "sdk", "type"}  # fmt: skip
OF_THE_EVENT = ("time", "level", "event", "exception", "stack", "user_id", "network")
"""Fields of a line that have a place of their own, or none."""


def reporter(dsn: str) -> Callable[[logging.LogRecord], None]:
    """Connects to Sentry, and returns the function that reports a record. Raises ImproperlyConfigured for a bad DSN.

    It hooks into no library: nothing but our lines is sent, by a thread of its own that drops what it can't send.
    """
    try:
        sentry_sdk.init(
            dsn,
            release=os.environ.get("SENTRY_RELEASE") or "unknown",  # else it asks git
            default_integrations=False,
            auto_enabling_integrations=False,
            integrations=[AtexitIntegration(callback=lambda *_: None)],
            before_send=only_known,
            include_local_variables=False,
            max_breadcrumbs=0,
            auto_session_tracking=False,
            send_client_reports=False,
            shutdown_timeout=2,
        )
    except BadDsn as error:
        raise ImproperlyConfigured("SENTRY_DSN must be the address that Sentry shows for your project") from error
    return report


def report(record: logging.LogRecord) -> None:
    """Sends the record, whose `line` its handler has just written."""
    line: dict[str, Any] = getattr(record, "line", {})
    error = record.msg.get("_error") if isinstance(record.msg, dict) else record.exc_info and record.exc_info[1]
    event: dict[str, Any] = {}
    if isinstance(error, BaseException):
        event, _ = event_from_exception(error, sentry_sdk.get_client().options)  # type: ignore[assignment]
    event |= {
        "level": "error",
        "logger": record.name,
        "message": line.get("event"),
        "tags": {name: str(value) for name, value in line.items() if value is not None and name not in OF_THE_EVENT},
    }
    if line.get("user_id") is not None:
        event["user"] = {"id": str(line["user_id"])}
    sentry_sdk.capture_event(event)  # type: ignore[arg-type]


def only_known(event: Any, hint: Any) -> Any:
    """Sentry's last hook: keeps the known members, and redacts what errors say."""
    kept = {name: value for name, value in event.items() if name in KEPT}
    for each in kept.get("exception", {}).get("values", []):
        each["value"] = redacted(str(each.get("value", "")), EXCEPTION_MAX)
        for frame in each.get("stacktrace", {}).get("frames", []):
            frame.pop("vars", None)
    return kept
