"""A program's request passes by what only pages need, and nobody else's does."""

from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.tests.rest_client import Api
from trading.tests.cast import Trader

HEADERS = {"Content-Security-Policy", "X-Frame-Options", "X-Content-Type-Options", "Referrer-Policy", "X-Request-ID"}


def test_a_request_that_does_nothing_asks_no_database(alice: Trader, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(0):
        Api().get("/api/v1/time")


def test_a_program_has_an_empty_session(alice: Trader) -> None:
    answered: Any = Client().get("/api/v1/time").wsgi_request
    assert (answered.of_program, answered.session.session_key, answered.session.accessed) == (True, None, False)
    assert settings.SESSION_COOKIE_NAME not in answered.COOKIES


def test_a_browser_is_known_at_rest_by_its_session(alice: Trader) -> None:
    browser = Client()
    assert browser.get("/api/v1/wallets").status_code == 401
    browser.force_login(alice.user)
    assert browser.get("/api/v1/wallets").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize("path", ["/api/v1/time", "/api/v1/wallets", "/api/v1/unknown", "/accounts/login/"])
def test_a_program_gets_the_headers_of_all_answers(path: str) -> None:
    answer = Client().get(path)
    assert set(answer.headers) >= HEADERS
    assert {"Accept-Language", "Cookie"} <= {name.strip() for name in answer.headers["Vary"].split(",")}
    directives = set(answer.headers["Content-Security-Policy"].split("; "))
    assert {"default-src 'self'", "frame-ancestors 'none'", "object-src 'none'"} <= directives
