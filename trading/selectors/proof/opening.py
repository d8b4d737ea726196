"""Whether this process could sign now."""

from accounts.sealing import BrokenSeal, unseal
from trading.models import SigningKey


def unopened_key() -> str | None:
    """The id of the current signing key, if this process can't open it with ENCRYPTION_KEYS: then it takes no order."""
    key = SigningKey.objects.filter(retired_at=None).first()
    if key is None:
        return None
    try:
        unseal(key.sealed_private_key)
    except BrokenSeal:
        return str(key.kid)
    return None
