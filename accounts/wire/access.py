"""The JSON shape of API keys."""

from accounts.domain.notation import write_instant
from accounts.models import ApiKey


def api_key(key: ApiKey) -> dict[str, object]:
    """An API key for its owner; never its secret."""
    return {
        "id": key.pk,
        "name": key.name,
        "prefix": key.prefix,
        "mode": "hmac" if key.signs else "bearer",
        "scopes": key.scopes,
        "networks": key.networks,
        "created_at": write_instant(key.created_at),
        "expires_at": write_instant(key.expires_at) if key.expires_at else None,
        "last_used_at": write_instant(key.last_used_at) if key.last_used_at else None,
        "last_used_from": key.last_used_from,
    }
