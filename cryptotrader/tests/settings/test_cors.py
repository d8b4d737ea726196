"""Other sites' pages may call the API where the operator lists their origin, and with a header's credential alone."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db
SITE = "https://charts.example"


def asked(path: str, origin: str = SITE, method: str = "get", **headers: str) -> Any:
    return getattr(Client(), method)(path, headers={"Origin": origin, **headers})


@pytest.fixture(autouse=True)
def _listed(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [SITE]


def test_a_listed_site_may_read_answers_and_refusals() -> None:
    for path in ("/api/v1/time", "/api/v1/wallets", "/api/v1/nowhere", "/.well-known/jwks.json"):
        answer = asked(path)
        assert answer["Access-Control-Allow-Origin"] == SITE
        assert "Access-Control-Allow-Credentials" not in answer
        assert "ratelimit" in answer["Access-Control-Expose-Headers"]


def test_it_may_ask_before_it_sends_a_key() -> None:
    wish = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "authorization,idempotency-key"}
    answer = asked("/api/v1/flash-trades", method="options", **wish)
    assert answer.status_code == 200
    assert "POST" in answer["Access-Control-Allow-Methods"]
    assert {"authorization", "idempotency-key"} <= set(answer["Access-Control-Allow-Headers"].split(", "))


def test_no_other_site_and_no_page_of_ours_may_be_read() -> None:
    assert "Access-Control-Allow-Origin" not in asked("/api/v1/time", origin="https://other.example")
    assert "Access-Control-Allow-Origin" not in asked("/accounts/login/")
