"""Forged and changed tokens: each is refused with the same document."""

import base64
import hashlib
import hmac
import json
import time
from typing import Any

import jwt
from allauth.headless.tokens.strategies.jwt.internal import session_key_to_sid
from django.utils import timezone
from pytest_django import Settings

from accounts.services.access.authenticate_token import authenticate_token
from accounts.tests.cast import Person
from accounts.tests.rest_client import Api, tokens_of

WALLETS, REFRESH = "/api/v1/wallets", "/api/v1/auth/refresh"
ANOTHER_SECRET = "another-installation-has-another-secret-of-enough-bytes-for-sha-512-too"


def claims_of(token: str) -> dict[str, Any]:
    return dict(jwt.decode(token, options={"verify_signature": False}))


def encoded(part: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()


def signed(header: dict[str, Any], claims: dict[str, Any], secret: str, digest: str = "sha256") -> str:
    """By hand: the library refuses to make such tokens."""
    text = f"{encoded(header)}.{encoded(claims)}"
    signature = hmac.new(secret.encode(), text.encode(), getattr(hashlib, digest)).digest()
    return f"{text}.{base64.urlsafe_b64encode(signature).rstrip(b'=').decode()}"


def forgeries(token: str, secret: str) -> dict[str, str]:
    claims = claims_of(token)
    header, body, signature = token.split(".")
    hs256 = {"alg": "HS256", "typ": "JWT"}
    made = {
        "alg none": f"{encoded({'alg': 'none'})}.{body}.",
        "alg None, signed": f"{encoded({'alg': 'None'})}.{body}.{signature}",
        "no alg": signed({"typ": "JWT"}, claims, secret),
        "HS512": signed({"alg": "HS512"}, claims, secret, "sha512"),
        "HS384": signed({"alg": "HS384"}, claims, secret, "sha384"),
        "RS256 with the secret as its key": signed({"alg": "RS256"}, claims, secret),
        "ES256 with the secret as its key": signed({"alg": "ES256"}, claims, secret),
        "a key of its own": signed(hs256 | {"jwk": {"kty": "oct", "k": encoded("x")}}, claims, "x"),
        "a key file": signed(hs256 | {"kid": "../../../../dev/null"}, claims, ""),
        "another secret": signed(hs256, claims, ANOTHER_SECRET),
        "no secret": signed(hs256, claims, ""),
        "expired": signed(hs256, claims | {"exp": int(time.time()) - 1}, secret),
        "not yet": signed(hs256, claims | {"nbf": int(time.time()) + 3600}, secret),
        "claims changed": f"{header}.{encoded(claims | {'exp': claims['exp'] + 1})}.{signature}",
        "no signature": f"{header}.{body}.",
        "two parts": f"{header}.{body}",
        "signature cut": token[:-4],
        "longer": token + ".",
        "claims a list": signed(hs256, [1], secret),  # type: ignore[arg-type]
        "nothing": "..",
    }
    wrong_types = {"sub": 1, "sid": {"a": 1}, "jti": ["x"], "exp": "soon", "token_use": True}
    for name in ("sub", "sid", "jti", "token_use"):
        made[f"without {name}"] = signed(hs256, {k: v for k, v in claims.items() if k != name}, secret)
    for name, value in wrong_types.items():
        made[f"{name} of a wrong type"] = signed(hs256, claims | {name: value}, secret)
    for sid in ("", "AAAA", "é", "A" * 5000, session_key_to_sid("no-such-session"), session_key_to_sid("\0")):
        made[f"sid {sid[:8]}"] = signed(hs256, claims | {"sid": sid}, secret)
    return made


def test_a_forged_access_token_opens_nothing(alice: Person, settings: Settings) -> None:
    access = tokens_of(alice).access
    for name, forgery in forgeries(access, settings.JWT_SECRET).items():
        answer = Api(token=forgery).get(WALLETS)
        assert answer.status == 401, name
        answer.assert_problem(401, "not-authenticated")
    assert Api(token=access).get(WALLETS).status == 200


def test_a_forged_refresh_token_gets_nothing_and_ends_nothing(alice: Person, settings: Settings) -> None:
    pair = tokens_of(alice)
    for name, forgery in forgeries(pair.refresh, settings.JWT_SECRET).items():
        answer = Api().post(REFRESH, {"refresh": forgery})
        assert answer.status in (400, 401), name
        assert answer.json()["code"] in ("invalid-token", "invalid-input"), name
    assert Api(token=pair.access).get(WALLETS).status == 200
    assert Api().post(REFRESH, {"refresh": pair.refresh}).status == 200


def test_access_and_refresh_tokens_are_not_each_other(alice: Person) -> None:
    pair = tokens_of(alice)
    Api(token=pair.refresh).get(WALLETS).assert_problem(401, "not-authenticated")
    Api().post(REFRESH, {"refresh": pair.access}).assert_problem(401, "invalid-token")


def test_a_token_for_another_persons_session_is_refused(alice: Person, bob: Person, settings: Settings) -> None:
    alices, bobs = claims_of(tokens_of(alice).access), claims_of(tokens_of(bob).access)
    for claims in (alices | {"sid": bobs["sid"]}, alices | {"sub": bobs["sub"]}):
        token = signed({"alg": "HS256"}, claims, settings.JWT_SECRET)
        Api(token=token).get(WALLETS).assert_problem(401, "not-authenticated")


def test_after_logout_neither_token_opens_anything(alice: Person) -> None:
    pair, other = tokens_of(alice), tokens_of(alice)
    assert Api(token=pair.access).post("/api/v1/auth/logout", {}).status == 204
    Api(token=pair.access).get(WALLETS).assert_problem(401, "not-authenticated")
    Api(token=pair.access).post("/api/v1/auth/logout", {}).assert_problem(401, "not-authenticated")
    Api().post(REFRESH, {"refresh": pair.refresh}).assert_problem(401, "invalid-token")
    assert authenticate_token(other.access, now=timezone.now()).user == alice.user


def test_how_long_tokens_live_comes_from_the_settings(alice: Person, settings: Settings) -> None:
    settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN = 60
    settings.HEADLESS_JWT_REFRESH_TOKEN_EXPIRES_IN = 30 * 86_400
    pair = tokens_of(alice)
    for token, seconds in ((pair.access, 60), (pair.refresh, 30 * 86_400)):
        claims = claims_of(token)
        assert claims["exp"] - claims["iat"] == seconds
    assert pair.expires_in_seconds == 60
