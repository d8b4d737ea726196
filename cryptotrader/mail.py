"""Configures outgoing mail: files in development, an SMTP server, or a provider's API (django-anymail)."""

import secrets
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import environ
import structlog
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend

from cryptotrader import env

log = structlog.get_logger(__name__)

FILE, CONSOLE, SMTP = "file", "console", "smtp"
LOCAL = {
    FILE: "cryptotrader.mail.FileBackend",
    CONSOLE: "django.core.mail.backends.console.EmailBackend",
}
APIS = {
    "brevo": "BREVO_API_KEY",
    "mailgun": "MAILGUN_API_KEY",
    "postmark": "POSTMARK_SERVER_TOKEN",
    "resend": "RESEND_API_KEY",
    "sendgrid": "SENDGRID_API_KEY",
}
"""The providers, with django-anymail's name for their key."""
TIMEOUT_SECONDS = 10


def configuration() -> dict[str, Any]:
    """Returns Django's mail settings from EMAIL_PROVIDER and its own variable: EMAIL_URL or EMAIL_API_KEY.

    Raises ImproperlyConfigured with the variable's name if it is missing or wrong.
    """
    provider = env.text("EMAIL_PROVIDER", FILE).lower()
    if provider in LOCAL:
        return {"EMAIL_BACKEND": LOCAL[provider]}
    if provider == SMTP:
        return _smtp(env.text("EMAIL_URL"))
    if provider not in APIS:
        raise ImproperlyConfigured(f"EMAIL_PROVIDER must be one of {', '.join([*LOCAL, SMTP, *APIS])}")
    api: dict[str, Any] = {APIS[provider]: env.text("EMAIL_API_KEY"), "REQUESTS_TIMEOUT": TIMEOUT_SECONDS}
    if provider == "mailgun":
        api["MAILGUN_SENDER_DOMAIN"] = env.text("EMAIL_DOMAIN")
    if url := env.text("EMAIL_API_URL", ""):
        api[f"{provider.upper()}_API_URL"] = url
    return {"EMAIL_BACKEND": f"anymail.backends.{provider}.EmailBackend", "ANYMAIL": api}


def _smtp(url: str) -> dict[str, Any]:
    try:
        settings: dict[str, Any] = environ.Env.email_url_config(url)
    except (ImproperlyConfigured, ValueError) as error:
        raise ImproperlyConfigured(f"EMAIL_URL: {error}") from error
    if settings["EMAIL_BACKEND"] != "django.core.mail.backends.smtp.EmailBackend" or not settings["EMAIL_HOST"]:
        raise ImproperlyConfigured("EMAIL_URL must be smtp+tls://user:password@host:587, or smtp+ssl:// or smtp://")
    port = settings["EMAIL_PORT"] or (587 if settings.get("EMAIL_USE_TLS") else None)  # otherwise smtplib's own
    return settings | {"EMAIL_PORT": port, "EMAIL_TIMEOUT": TIMEOUT_SECONDS}


class FileBackend(BaseEmailBackend):
    """Writes each mail to a file in MAIL_DIR, which a mail program opens, and one line to the log."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        from django.conf import settings  # noqa: PLC0415  (the settings import this module)

        directory = Path(settings.MAIL_DIR)
        directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        for message in email_messages:
            path = directory / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{secrets.token_hex(4)}.eml"
            unfinished = path.with_suffix(".part")  # nobody may read half a mail
            unfinished.touch(mode=0o600)
            unfinished.write_bytes(message.message().as_bytes())
            unfinished.rename(path)
            log.warning("a mail was written to a file, not sent", file=str(path))
        return len(email_messages)
