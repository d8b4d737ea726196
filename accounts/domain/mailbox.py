"""Writes an email address in its one form: one mailbox, one person, however somebody types the address.

The form is that of the mail's envelope: lower-case ASCII, an international domain as punycode. Two addresses with one
form reach one mailbox. The converse isn't decided here: only a provider knows that dots or `+…` mean nothing to it.
"""

import re
from unicodedata import category, normalize

import idna

LENGTH_MAX = 254
_FORM = re.compile(r"[a-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@[!-@\[-~]{1,253}")
"""No quotes: `"bora"@…` would be another spelling of `bora@…`."""
_JOINERS = "\u200c\u200d"
"""Invisible too, but letters of some domains (Persian): IDNA 2008 says where."""


class NotAMailbox(ValueError):
    """No mail server would take this as an address."""


def mailbox(typed: str) -> str:
    """Returns the address in its one form: NFKC, without invisible characters, the domain by IDNA 2008 and UTS 46.

    Raises NotAMailbox; a local part beyond ASCII is one, because few servers know it.
    """
    local, _, domain = _visible(normalize("NFKC", typed)).strip().lower().rpartition("@")
    form = f"{local.translate(dict.fromkeys(map(ord, _JOINERS)))}@{_ascii(domain.removesuffix('.'))}"
    if len(form) > LENGTH_MAX or not _FORM.fullmatch(form) or domain.startswith("["):
        raise NotAMailbox
    return form


def mailbox_if_any(typed: str) -> str:
    """Returns the address in its one form; a text that is none in lower case, as a search for nobody."""
    try:
        return mailbox(typed)
    except NotAMailbox:
        return typed.strip().lower()


def _visible(text: str) -> str:
    return "".join(sign for sign in text if category(sign) != "Cf" or sign in _JOINERS)


def _ascii(domain: str) -> str:
    if domain.isascii() and "xn--" not in domain:
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError as error:
        raise NotAMailbox from error
