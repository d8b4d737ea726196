"""Reading the mails that a test has caused."""

import re

from django.core.mail import EmailMessage

Mails = list[EmailMessage]


def link_in(mail: EmailMessage) -> str:
    """The path of the one link in a mail."""
    (link,) = re.findall(r"https?://[^/\s]+(/\S*)", str(mail.body))
    return str(link)


def key_in(mail: EmailMessage) -> str:
    """The key that verifies an email, as a program takes it out of the link."""
    return link_in(mail).rstrip("/").rpartition("/")[2]
