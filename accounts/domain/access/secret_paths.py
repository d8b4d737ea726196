"""Addresses that hold a secret: each lets its holder in once. No record keeps it."""

import re

HIDDEN = "…"
_WITH_KEYS = re.compile(r"^(/accounts/(?:confirm-email|password/reset/key)/)(?!resend/|done/|$)[^/]+")


def without_key(path: str) -> str:
    """Returns the path without the key of a confirmation or of a new password."""
    return _WITH_KEYS.sub(rf"\g<1>{HIDDEN}", path)
