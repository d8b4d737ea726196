from dataclasses import dataclass
from typing import Any

from allauth.headless.tokens.strategies.jwt import internal

from accounts.domain.texts import storable


@dataclass(frozen=True, slots=True)
class ReadToken:
    """The content of one of our tokens. It doesn't tell whether its session still exists."""

    claims: dict[str, Any]
    session_key: str


def read_token(token: str, use: str) -> ReadToken | None:
    """Return our own unexpired token of this use (`access` or `refresh`); None for any other text."""
    claims = internal.decode_token(token, use) if storable(token) else None
    if claims is None or not claims["sid"].isascii():  # allauth fails on a sid beyond ASCII
        return None
    key = internal.session_key_from_sid(claims["sid"])
    return ReadToken(claims, key) if key and storable(key) else None
