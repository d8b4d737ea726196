"""Checks of texts that come from outside."""

from unicodedata import category

LENGTH_MAX = 4096
"""The most characters of a text in a request, where its field has no bound of its own; of a password too."""


def storable(text: str) -> bool:
    """Whether the text has no NUL (PostgreSQL refuses it) and no lone surrogate (UTF-8 can't encode it).

    JSON allows both.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return "\0" not in text


def is_blank(text: str) -> bool:
    """Whether nothing of the text can be seen: it has only spaces, controls and invisible characters."""
    return all(category(sign)[0] in "ZC" for sign in text)
