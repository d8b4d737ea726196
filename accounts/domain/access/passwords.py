"""Prepares passwords by RFC 8265 (OpaqueString): one password, however a keyboard or a system spells its letters."""

from unicodedata import normalize

from precis_i18n import get_profile

_OPAQUE = get_profile("OpaqueString")


class ProhibitedCharacters(ValueError):
    """RFC 8265 allows no control character, no invisible one and none that Unicode doesn't know in a password."""


def prepared(password: str) -> str:
    """Returns the one spelling of a password: composed letters (NFC), and each kind of space as a plain one.

    Raises ProhibitedCharacters.
    """
    if password.isascii() and password.isprintable() and password:
        return password
    try:
        return str(_OPAQUE.enforce(password))
    except UnicodeEncodeError as error:
        raise ProhibitedCharacters from error


def prepared_if_possible(password: str) -> str:
    """Returns the one spelling; the password as it is if that has none, as a few from before this rule."""
    try:
        return prepared(password)
    except ProhibitedCharacters:
        return password


def spellings(password: str) -> list[str]:
    """Returns the spellings under which this password may be stored, the right one first.

    Before this rule each was stored as a system happened to spell it: as typed, or decomposed (macOS). A password of
    ASCII letters has one spelling.
    """
    right = prepared_if_possible(password)
    return list(dict.fromkeys([right, password, normalize("NFD", right)]))
