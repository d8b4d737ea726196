"""API keys for the cast."""

import time
from dataclasses import replace

from accounts.domain.access.api_keys import KeyTerms, signature_of
from accounts.domain.access.scopes import Scope
from accounts.services.access.keys.make_api_key import MadeKey, make_api_key
from accounts.tests.cast import NOON, Person
from accounts.tests.rest_client import Answer, Api

TERMS = KeyTerms("bot", tuple(Scope))


def made_key(trader: Person, *scopes: Scope, **terms: object) -> MadeKey:
    """Creates a key for a person; the withdraw scope needs an app (see codes.py)."""
    wanted = replace(TERMS, scopes=scopes or (Scope.READ, Scope.TRADE), **terms)  # type: ignore[arg-type]
    return make_api_key(user_id=trader.user.pk, terms=wanted, now=NOON)


def signed_headers(made: MadeKey, method: str, path: str, body: bytes = b"", at: float | None = None) -> dict[str, str]:
    """Returns the three headers of a signing key."""
    timestamp = str(int((time.time() if at is None else at) * 1000))
    signature = signature_of(made.secret, timestamp=timestamp, method=method, path=path, body=body)
    return {"X-Api-Key": made.key.prefix, "X-Timestamp": timestamp, "X-Signature": signature}


class SigningApi:
    """Calls the API with a key that signs each request."""

    def __init__(self, made: MadeKey) -> None:
        self.made, self.api = made, Api()

    def get(self, path: str, **headers: str) -> Answer:
        return self.api.get(path, **signed_headers(self.made, "GET", path) | headers)

    def post(self, path: str, body: str, **headers: str) -> Answer:
        signed = signed_headers(self.made, "POST", path, body.encode())
        return self.api.post(path, body, **signed | headers)
