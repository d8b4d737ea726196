"""Keeping secrets that must be read again: encrypted and authenticated, so that a copy of the database shows none."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class BrokenSeal(ValueError):
    """The text was not sealed with any of ENCRYPTION_KEYS, or somebody changed it."""


def seal(text: str) -> str:
    """The text, encrypted with the first of ENCRYPTION_KEYS."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Raises BrokenSeal."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BrokenSeal from error


def _keys() -> MultiFernet:
    digests = [hashlib.sha256(key.strip().encode()).digest() for key in settings.ENCRYPTION_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
