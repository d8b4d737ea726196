from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from accounts.selectors.access.sessions import session_started_at
from accounts.services.access.authenticate_token import authenticate_token
from accounts.services.access.refresh_tokens import refresh_tokens
from accounts.tests.cast import NOON, PASSWORD, Person
from accounts.tests.rest_client import tokens_of

pytestmark = pytest.mark.django_db


def test_a_session_knows_when_its_owner_signed_in(client: Client, alice: Person) -> None:
    client.get("/accounts/login/")
    assert session_started_at(client.session) is None
    with time_machine.travel(NOON, tick=False) as clock:
        client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
        clock.shift(timedelta(hours=1))
        client.get("/history/")
        assert session_started_at(client.session) == NOON
        client.post("/accounts/logout/")
        client.post("/accounts/login/", {"login": alice.user.email, "password": PASSWORD})
        assert session_started_at(client.session) == NOON + timedelta(hours=1)


def test_a_token_knows_it_too_and_a_refreshed_one_is_no_younger(alice: Person) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        pair = tokens_of(alice)
        assert authenticate_token(pair.access, now=timezone.now()).session_started_at == NOON
        clock.shift(timedelta(hours=1))
        access = refresh_tokens(refresh=pair.refresh, now=timezone.now()).access
        assert authenticate_token(access, now=timezone.now()).session_started_at == NOON
