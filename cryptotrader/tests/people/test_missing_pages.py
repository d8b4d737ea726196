"""A missing page looks the same in development as in production."""

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.tests.rest_client import Api


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
@pytest.mark.parametrize("path", ["/nowhere", "/nowhere/", "/accounts/password/reset/key/x/", "/static/nothing.css"])
def test_an_unknown_page_is_our_own_404(client: Client, settings: Settings, path: str, debug: bool) -> None:
    settings.DEBUG = debug
    answer = client.get(path)
    assert answer.status_code == 404
    assert "problem.html" in [template.name for template in answer.templates]


@pytest.mark.django_db
@pytest.mark.parametrize("debug", [True, False])
def test_a_slash_that_was_left_out_is_put_there(client: Client, settings: Settings, debug: bool) -> None:
    settings.DEBUG = debug
    assert client.get("/accounts/login")["Location"] == "/accounts/login/"


@pytest.mark.parametrize("path", ["/api/health", "/api/health/live", "/api/v1/time", "/_allauth/app/v1/config"])
def test_a_method_that_a_programs_address_has_not_is_a_problem(db: None, path: str) -> None:
    for method in ("PUT", "DELETE"):
        answer = Api().send(method, path).assert_problem(405, "method-not-allowed")
        assert "GET" in answer.headers["Allow"]
