"""Composes mails. Each is one template in templates/mails/, rendered in three frames (subject, text, HTML).

allauth's mails arrive through the adapter, those of our services by `tell_by_mail`.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import override
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.selectors.people.person import person
from accounts.site import absolute

log = structlog.get_logger(__name__)

PAGES = {
    "account_closed": "home",
    "api_key_made": "api_keys",
    "api_keys_ended": "api_keys",
    "beneficiary_added": "withdrawals",
    "limit_raised": "limits",
    "withdrawal_requested": "withdrawals",
    "trading_stopped": "api_keys",
    "webhook_made": "webhooks",
    "webhook_off": "webhooks",
}
"""The page that a service's mail links to; the others link to the wallet."""


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str


def compose(name: str, *, to: str, locale: str, context: dict[str, Any]) -> Mail:
    """Renders templates/mails/`name`.html for a reader of `locale`."""
    with override(locale):
        subject, text, html = (
            render_to_string(f"mails/{name}.html", context | {"email": to, "frame": f"mails/frames/{frame}"}).strip()
            for frame in ("subject.txt", "text.txt", "frame.html")
        )
    return Mail(to, " ".join(subject.split()), text + "\n", html)


def tell(user_id: int, name: str, facts: dict[str, str], **_: object) -> None:
    """Mails a service's news to a person (see `tell_by_mail`)."""
    reader = person(user_id)
    link = absolute(reverse(PAGES.get(name, "wallet")))
    post(compose(name, to=reader.email, locale=reader.settings.locale, context={**facts, "link": link}))


def post(mail: Mail) -> None:
    """Queues a mail for a worker. A failure is only logged: the person who waits for the mail can ask again."""
    try:
        tasks.send_mail.delay(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)
    except (OperationalError, OSError) as error:
        facts = {"subject": mail.subject, "outage": "redis", "error": str(error)}
        log.error("mail not queued", **facts)  # noqa: TRY400  (no trace: it's Redis)
