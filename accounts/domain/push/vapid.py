"""Names the platform to a push service by a signed token: VAPID, RFC 8292."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey

from accounts.domain.push.encryption import point_of
from accounts.domain.push.subscriptions import text_of

LIFE = timedelta(hours=12)
"""A push service takes no more than 24 hours."""


def authorization(key: EllipticCurvePrivateKey, endpoint: str, *, subject: str, now: datetime) -> str:
    """The header `Authorization` for a request to this endpoint. `subject` is an address of the operator."""
    parts = urlsplit(endpoint)
    claims = {"aud": f"{parts.scheme}://{parts.netloc}", "exp": int((now + LIFE).timestamp()), "sub": subject}
    return f"vapid t={jwt.encode(claims, key, 'ES256')}, k={text_of(point_of(key.public_key()))}"
