"""The owners of many sessions at once are those that Django finds for each."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.core.internal.sessionkit import get_session_user
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.models import Session
from django.test import Client as Browser
from django.utils import timezone

from accounts.models import User
from accounts.selectors.access.guards import owners_of_sessions
from accounts.tests.cast import user_named


def store(key: str | None = None) -> SessionBase:
    made: SessionBase = import_module(settings.SESSION_ENGINE).SessionStore(key)
    return made


def signed_in(name: str) -> str:
    browser = Browser()
    browser.force_login(user_named(name))
    return str(browser.session.session_key)


def changed(key: str, **values: object) -> str:
    session = store(key)
    session.update(values)
    session.save()
    return key


@pytest.mark.django_db
def test_it_finds_the_owners_that_django_finds() -> None:
    whole, frozen, expired, rekeyed, forged, nobody, bare = map(
        signed_in, ("alice", "bob", "carol", "dave", "erin", "frank", "grace")
    )
    User.objects.filter(email="bob@example.com").update(is_active=False, frozen_at=timezone.now())
    Session.objects.filter(pk=expired).update(expire_date=timezone.now() - timedelta(seconds=1))
    User.objects.filter(email="dave@example.com").update(password="another")
    changed(forged, **{BACKEND_SESSION_KEY: "django.contrib.auth.backends.AllowAllUsersModelBackend"})
    changed(nobody, **{SESSION_KEY: "999999999"})
    changed(bare, **{HASH_SESSION_KEY: ""})
    visitor = store()
    visitor["seen"] = True
    visitor.save()
    broken = store()
    broken.save()
    Session.objects.filter(pk=broken.session_key).update(session_data="not a session")
    keys = [whole, frozen, expired, rekeyed, forged, nobody, bare, visitor.session_key, broken.session_key, "unknown"]

    found = owners_of_sessions([(str(key), True) for key in keys], now=timezone.now())

    singly = {str(key): get_session_user(store(key)) for key in keys}
    assert found == {(key, True): user.pk for key, user in singly.items() if user is not None}
    assert found.keys() == {(whole, True)}
