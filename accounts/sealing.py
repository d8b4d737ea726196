"""Encrypts secrets that must be read again, with authentication: a copy of the database reveals none of them."""

import base64
import hashlib

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings


class BrokenSeal(ValueError):
    """None of ENCRYPTION_KEYS sealed this text, or the text was changed."""


def seal(text: str) -> str:
    """Encrypts the text with the first of ENCRYPTION_KEYS."""
    return _keys().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """Decrypts a sealed text. Raises BrokenSeal."""
    try:
        return _keys().decrypt(sealed.encode()).decode()
    except InvalidToken as error:
        raise BrokenSeal from error


def _keys() -> MultiFernet:
    digests = [hashlib.sha256(key.strip().encode()).digest() for key in settings.ENCRYPTION_KEYS]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
