from dataclasses import dataclass
from typing import Any

from allauth.headless.tokens.strategies.jwt import internal

from accounts.domain.texts import storable


@dataclass(frozen=True, slots=True)
class ReadToken:
    """What one of our tokens says; whether its session still lives is another question."""

    claims: dict[str, Any]
    session_key: str


def read_token(token: str, use: str) -> ReadToken | None:
    """A token that is ours, unexpired, and of this use (`access` or `refresh`); None for anything else."""
    claims = internal.decode_token(token, use) if storable(token) else None
    if claims is None or not claims["sid"].isascii():  # allauth fails over a sid beyond ASCII
        return None
    key = internal.session_key_from_sid(claims["sid"])
    return ReadToken(claims, key) if key and storable(key) else None
