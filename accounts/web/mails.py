"""Mails: each is one template in templates/mails/, shown in three frames (subject, text, HTML).

Those that allauth sends come here through the adapter, those of our services by `tell_by_mail`.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from django.template.loader import render_to_string
from django.utils.translation import override
from kombu.exceptions import OperationalError

from accounts import tasks
from accounts.selectors.people.person import person

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Mail:
    to: str
    subject: str
    text: str
    html: str


def compose(name: str, *, to: str, locale: str, context: dict[str, Any]) -> Mail:
    """The mail of templates/mails/`name`.html to somebody who reads `locale`."""
    with override(locale):
        subject, text, html = (
            render_to_string(f"mails/{name}.html", context | {"email": to, "frame": f"mails/frames/{frame}"}).strip()
            for frame in ("subject.txt", "text.txt", "frame.html")
        )
    return Mail(to, " ".join(subject.split()), text + "\n", html)


def tell(user_id: int, name: str, facts: dict[str, str], **_: object) -> None:
    """Write to somebody what a service has done (see `tell_by_mail`)."""
    reader = person(user_id)
    post(compose(name, to=reader.email, locale=reader.settings.locale, context=facts))


def post(mail: Mail) -> None:
    """Have a worker send it. That it can't be is logged and breaks nothing: whoever waits for it can ask again."""
    try:
        tasks.send_mail.delay(to=mail.to, subject=mail.subject, text=mail.text, html=mail.html)
    except (OperationalError, OSError) as error:
        log.error("mail not queued", subject=mail.subject, error=str(error))  # noqa: TRY400  (no trace: it's Redis)
