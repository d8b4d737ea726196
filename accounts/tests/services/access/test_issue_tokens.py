import base64
import json
from functools import partial
from importlib import import_module
from typing import Any

import jwt
import pytest
from allauth.headless.tokens.strategies.jwt.internal import session_key_from_sid
from django.test import RequestFactory
from django.utils import timezone

from accounts.domain.errors import InvalidCredentials, InvalidToken
from accounts.models import User
from accounts.services.access.authenticate_token import authenticate_token
from accounts.services.access.issue_tokens import TokenPair, issue_tokens
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.tests.cast import NOON, PASSWORD, Person, person
from accounts.tests.rest_client import tokens_of
from accounts.tests.threads import at_once

SECRET_OF_ANOTHER = "another-installation-has-another-secret-of-enough-bytes-for-sha-512-too"


def claims_of(token: str) -> dict[str, Any]:
    return jwt.decode(token, options={"verify_signature": False})


def user_of_token(access: str) -> User:
    return authenticate_token(access, now=timezone.now()).user


def sign(claims: dict[str, Any], secret: str, algorithm: str = "HS256") -> str:
    return jwt.encode(claims, secret, algorithm=algorithm)


def test_an_access_token_names_its_owner(alice: Person) -> None:
    assert user_of_token(tokens_of(alice).access) == alice.user


def test_the_email_may_be_written_in_any_case(alice: Person) -> None:
    pair = issue_tokens(email=" ALICE@Example.com", password=PASSWORD, request=RequestFactory().post("/"), now=NOON)
    assert user_of_token(pair.access) == alice.user


def test_a_wrong_password_and_an_unknown_email_get_the_same_answer(alice: Person) -> None:
    answers = []
    for email, password in (("alice@example.com", "wrong"), ("nobody@example.com", PASSWORD), ("", PASSWORD)):
        with pytest.raises(InvalidCredentials) as caught:
            issue_tokens(email=email, password=password, request=RequestFactory().post("/"), now=NOON)
        answers.append((str(caught.value), caught.value.detail, caught.value.fields, caught.value.extra))
    assert len({str(answer) for answer in answers}) == 1


def test_a_deactivated_person_gets_no_tokens_and_theirs_end(alice: Person) -> None:
    pair = tokens_of(alice)
    User.objects.update(is_active=False, frozen_at=NOON)

    with pytest.raises(InvalidCredentials):
        tokens_of(alice)
    with pytest.raises(InvalidToken):
        user_of_token(pair.access)
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=pair.refresh, now=timezone.now())


def test_a_new_password_ends_the_tokens_of_the_old_one(alice: Person) -> None:
    pair = tokens_of(alice)
    alice.user.set_password("another fine password")
    alice.user.save()
    with pytest.raises(InvalidToken):
        user_of_token(pair.access)
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=pair.refresh, now=timezone.now())


def test_tokens_end_with_their_session(alice: Person, settings: Any) -> None:
    pair, other = tokens_of(alice), tokens_of(alice)
    key = session_key_from_sid(claims_of(pair.access)["sid"])
    import_module(settings.SESSION_ENGINE).SessionStore(key).flush()

    with pytest.raises(InvalidToken):
        user_of_token(pair.access)
    assert user_of_token(other.access) == alice.user


def test_a_refresh_token_is_spent_once(alice: Person) -> None:
    first = tokens_of(alice)
    second = refresh_tokens(refresh=first.refresh, now=timezone.now())
    assert user_of_token(second.access) == alice.user
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=first.refresh, now=timezone.now())


def test_the_second_use_of_a_refresh_token_ends_the_whole_session(alice: Person) -> None:
    other = tokens_of(alice)
    first = tokens_of(alice)
    second = refresh_tokens(refresh=first.refresh, now=timezone.now())
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=first.refresh, now=timezone.now())
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=second.refresh, now=timezone.now())
    with pytest.raises(InvalidToken):
        user_of_token(second.access)
    assert user_of_token(other.access) == alice.user


@pytest.mark.django_db(transaction=True)
def test_a_refresh_token_is_spent_once_however_many_try_at_once() -> None:
    pair = tokens_of(person("alice"))
    results = at_once([partial(refresh_tokens, refresh=pair.refresh, now=timezone.now())] * 8)
    assert [type(result) for result in results].count(TokenPair) == 1
    assert [type(result) for result in results].count(InvalidToken) == 7
    (won,) = [result for result in results if isinstance(result, TokenPair)]
    with pytest.raises(InvalidToken):  # two parties had it
        user_of_token(won.access)


def test_access_and_refresh_tokens_are_not_each_other(alice: Person) -> None:
    pair = tokens_of(alice)
    with pytest.raises(InvalidToken):
        user_of_token(pair.refresh)
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=pair.access, now=timezone.now())


@pytest.mark.parametrize("token", ["", "garbage", "a.b.c", "é.é.é", "\ud800", "null", "." * 100, "e30.e30.", "\0"])
def test_it_refuses_garbage(alice: Person, token: str) -> None:
    with pytest.raises(InvalidToken):
        user_of_token(token)
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=token, now=timezone.now())


def test_it_refuses_a_forged_signature(alice: Person, settings: Any) -> None:
    access = tokens_of(alice).access
    claims = claims_of(access)
    header, _, signature = access.split(".")
    body = base64.urlsafe_b64encode(json.dumps(claims | {"exp": claims["exp"] + 1}).encode()).rstrip(b"=").decode()
    none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').rstrip(b"=").decode()
    forgeries = [
        sign(claims, SECRET_OF_ANOTHER),
        sign(claims, settings.JWT_SECRET, "HS512"),
        f"{none}.{access.split('.')[1]}.",
        f"{none}.{access.split('.')[1]}.{signature}",
        f"{header}.{body}.{signature}",
        access[:-4],
        access + ".",
    ]
    for forgery in forgeries:
        with pytest.raises(InvalidToken):
            user_of_token(forgery)


def test_it_refuses_another_persons_session_and_missing_claims(alice: Person, bob: Person, settings: Any) -> None:
    claims = claims_of(tokens_of(alice).access)
    wrong: list[dict[str, Any]] = [
        {"sub": str(bob.user.pk)},
        {"sid": "AAAA"},
        {"sid": None},
        {"token_use": "refresh"},
        {"jti": 1},
    ]
    for change in wrong:
        with pytest.raises(InvalidToken):
            user_of_token(sign(claims | change, settings.JWT_SECRET))


def test_it_refuses_a_token_past_its_time(alice: Person, settings: Any) -> None:
    pair = tokens_of(alice)
    past = {"iat": 1_700_000_000, "exp": 1_700_000_900}
    with pytest.raises(InvalidToken):
        user_of_token(sign(claims_of(pair.access) | past, settings.JWT_SECRET))
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=sign(claims_of(pair.refresh) | past, settings.JWT_SECRET), now=timezone.now())


def test_tokens_live_as_long_as_the_settings_say(alice: Person, settings: Any) -> None:
    pair = tokens_of(alice)
    for token, seconds in ((pair.access, 900), (pair.refresh, 7 * 86_400)):
        claims = claims_of(token)
        assert claims["exp"] - claims["iat"] == seconds
    assert pair.expires_in_seconds == settings.HEADLESS_JWT_ACCESS_TOKEN_EXPIRES_IN == 900
