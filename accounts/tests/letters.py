"""Reads the mails that a test has caused."""

import re

from django.core.mail import EmailMessage

Mails = list[EmailMessage]


def link_in(mail: EmailMessage) -> str:
    """Returns the path of the only link in a mail."""
    (link,) = re.findall(r"https?://[^/\s]+(/\S*)", str(mail.body))
    return str(link)


def key_in(mail: EmailMessage) -> str:
    """Returns the key that verifies an email, as a program takes it from the link."""
    return link_in(mail).rstrip("/").rpartition("/")[2]
