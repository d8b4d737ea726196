import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.domain.access.scopes import AccessEnd, session_mark
from accounts.domain.channels import ACCESS, user_topic
from accounts.domain.errors import InvalidToken
from accounts.publish import end_message
from accounts.services.access.authenticate_token import authenticate_token
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.steps.end_sessions import end_sessions
from accounts.tests.cast import PASSWORD, Person
from accounts.tests.rest_client import tokens_of


def browser(trader: Person) -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": trader.user.email, "password": PASSWORD})
    assert client.get("/api/v1/wallets").status_code == 200
    return client


def test_all_of_them_end_at_once_for_pages_and_apps(alice: Person, bob: Person) -> None:
    page, pair, bobs = browser(alice), tokens_of(alice), tokens_of(bob)
    assert end_sessions(user_id=alice.user.pk, reason=AccessEnd.SIGNED_OUT) == 2

    assert page.get("/api/v1/wallets").status_code == 401
    with pytest.raises(InvalidToken):
        authenticate_token(pair.access, now=timezone.now())
    with pytest.raises(InvalidToken):
        refresh_tokens(refresh=pair.refresh, now=timezone.now())
    assert authenticate_token(bobs.access, now=timezone.now()).user == bob.user
    assert not UserSession.objects.filter(user=alice.user).exists()


def test_all_but_one(alice: Person) -> None:
    kept, other = tokens_of(alice), tokens_of(alice)
    key = authenticate_token(kept.access, now=timezone.now()).session_key
    assert end_sessions(user_id=alice.user.pk, keep_session_key=key, reason=AccessEnd.CREDENTIALS_CHANGED) == 1
    assert authenticate_token(kept.access, now=timezone.now()).user == alice.user
    with pytest.raises(InvalidToken):
        authenticate_token(other.access, now=timezone.now())


def test_only_one_and_never_another_persons(alice: Person, bob: Person) -> None:
    one, other, bobs = tokens_of(alice), tokens_of(alice), tokens_of(bob)
    for pair, count in ((one, 1), (bobs, 0)):
        key = authenticate_token(pair.access, now=timezone.now()).session_key
        assert end_sessions(user_id=alice.user.pk, session_key=key, reason=AccessEnd.SIGNED_OUT) == count
    with pytest.raises(InvalidToken):
        authenticate_token(one.access, now=timezone.now())
    assert authenticate_token(other.access, now=timezone.now()).user == alice.user
    assert authenticate_token(bobs.access, now=timezone.now()).user == bob.user


def test_signing_out_in_the_browser_ends_that_session_alone(alice: Person) -> None:
    page, pair = browser(alice), tokens_of(alice)
    page.post("/accounts/logout/")
    assert authenticate_token(pair.access, now=timezone.now()).user == alice.user
    assert Session.objects.count() == UserSession.objects.count() == 1


def test_sockets_hear_of_it_without_the_sessions_key(
    alice: Person, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    key = authenticate_token(tokens_of(alice).access, now=timezone.now()).session_key
    with django_capture_on_commit_callbacks() as told:
        end_sessions(user_id=alice.user.pk, session_key=key, reason=AccessEnd.SIGNED_OUT)
    assert len(told) == 1
    message = end_message(alice.user.pk, reason=AccessEnd.SIGNED_OUT, marks=[session_mark(key)])
    assert (message.topic, message.channel) == (user_topic(alice.user.pk), ACCESS)
    assert key not in message.encode()
