"""People of the running platform, made by the service: its pages take few sign-ups of one address a minute."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from urllib.parse import unquote

import environ
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.hashers import Argon2PasswordHasher
from django.contrib.auth.models import Group
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.utils import load_backend
from django.test import RequestFactory
from django.utils import timezone

from accounts.services.people.register_trader import register_trader
from accounts.tests.cast import PASSWORD


class Newcomers:
    """Signs people up in the database at `url`. Call `close` in the end.

    A thread of its own does it: that has a connection of its own, and Playwright keeps Django off the test's thread.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._thread = ThreadPoolExecutor(1, initializer=self._connect)
        self._hash = Argon2PasswordHasher().encode(PASSWORD, "a salt for the journeys")

    def sign_up(self, locale: str) -> str:
        """The key of a session that somebody new has just begun; their password is PASSWORD."""
        return self._thread.submit(self._sign_up, locale).result()

    def hire(self, role: str, locale: str) -> tuple[str, str]:
        """The key of a session that a new member of staff with this role has just begun, and their email."""
        return self._thread.submit(self._hire, role, locale).result()

    def close(self) -> None:
        self._thread.submit(connections.close_all).result()
        self._thread.shutdown()

    def _connect(self) -> None:
        address = environ.Env.db_url_config(self._url)
        address["HOST"] = unquote(address["HOST"])  # a socket's directory comes percent-encoded
        theirs = connections.settings[DEFAULT_DB_ALIAS] | address | {"OPTIONS": {}}
        connections[DEFAULT_DB_ALIAS] = load_backend(theirs["ENGINE"]).DatabaseWrapper(theirs, DEFAULT_DB_ALIAS)

    def _hire(self, role: str, locale: str) -> tuple[str, str]:
        key = self._sign_up(locale)
        user = UserSession.objects.get(session_key=key).user
        user.is_staff = True
        user.save(update_fields=["is_staff"])
        user.groups.set(Group.objects.filter(name=role))
        return key, user.email

    def _sign_up(self, locale: str) -> str:
        email = f"{uuid.uuid4().hex}@example.com"
        user = register_trader(email=email, password=PASSWORD, locale=locale, now=timezone.now(), verified=True)
        # The tests' own hashes are cheap, and the platform takes none of them.
        user.password = self._hash
        user.save(update_fields=["password"])
        request = RequestFactory().get("/")
        request.session = import_module(settings.SESSION_ENGINE).SessionStore()
        request.user = user
        login(request, user)
        request.session.save()
        UserSession.objects.create_from_request(request)
        return str(request.session.session_key)
