"""Alertmanager's configuration with the receivers that the environment names."""

import json
from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from cryptotrader import env

BASE = Path(__file__).resolve().parents[2] / "deploy" / "alertmanager" / "alertmanager.yml"
_REPLACED = "\nreceivers:\n"


def configuration() -> str:
    """Return the routes of deploy/alertmanager with the receivers of ALERT_WEBHOOK_URL, ALERT_MAIL_TO and so on.

    Keep it secret: a webhook's address is often its password. Raises ImproperlyConfigured with the variable's name.
    """
    routes = BASE.read_text().rpartition(_REPLACED)[0]
    people: dict[str, Any] = {"name": "people", **_webhook("ALERT_WEBHOOK"), **_mail()}
    heartbeat: dict[str, Any] = {"name": "heartbeat", **_webhook("ALERT_HEARTBEAT")}
    return f"{routes}{_REPLACED}{_item(people)}{_item(heartbeat)}"


def _item(receiver: dict[str, Any]) -> str:
    return f"  - {json.dumps(receiver)}\n"  # JSON is YAML


def _webhook(name: str) -> dict[str, Any]:
    """The webhook at NAME_URL. The bearer token in the file NAME_TOKEN_FILE is read anew at each message."""
    url = env.text(f"{name}_URL", "")
    if not url:
        return {}
    if not url.startswith(("http://", "https://")):
        raise ImproperlyConfigured(f"{name}_URL must begin with http:// or https://")
    webhook: dict[str, Any] = {"url": url, "send_resolved": name == "ALERT_WEBHOOK"}
    if token := env.text(f"{name}_TOKEN_FILE", ""):
        webhook["http_config"] = {"authorization": {"credentials_file": token}}
    return {"webhook_configs": [webhook]}


def _mail() -> dict[str, Any]:
    """Mails to ALERT_MAIL_TO, by the server ALERT_MAIL_HOST (host:port)."""
    to = env.text("ALERT_MAIL_TO", "")
    if not to:
        return {}
    mail: dict[str, Any] = {
        "to": to,
        "from": env.text("ALERT_MAIL_FROM"),
        "smarthost": env.text("ALERT_MAIL_HOST"),
        "send_resolved": True,
    }
    if user := env.text("ALERT_MAIL_USER", ""):
        mail |= {"auth_username": user, "auth_password_file": env.text("ALERT_MAIL_PASSWORD_FILE")}
    return {"email_configs": [mail]}
