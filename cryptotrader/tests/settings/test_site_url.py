"""SITE_URL is the one origin: no Host header decides what the platform mails, signs or links to."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from allauth.core.context import request_context
from django.test import Client, RequestFactory
from pytest_django import Settings

from accounts.tests.cast import NOON, PASSWORD
from accounts.tests.letters import Mails
from accounts.tests.rest_client import Api
from accounts.tests.web.people.test_mails import OF_SERVICES
from accounts.web.access.second_factor import SecondFactorAdapter
from accounts.web.mails import tell
from cryptotrader.tests.house.test_architecture import SOURCES, module_of
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader

SITE = "https://flash.example"
FORGED = "localhost:6666"  # ALLOWED_HOSTS names no port, so any port of an allowed host passes
HOST_READERS = {"build_absolute_uri", "get_host", "get_current_site", "get_port", "is_secure"}


@pytest.fixture(autouse=True)
def _site(settings: Settings) -> None:
    settings.SITE_URL = SITE


def calls_of(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute):
            yield node.attr
        elif isinstance(node, ast.ImportFrom):
            yield from (name.name for name in node.names)


def test_no_code_of_ours_asks_a_request_for_its_host() -> None:
    """Two do: to refuse a Host that Django would refuse later, in the middle of a page, or in front of it."""
    ours = [path for path in SOURCES if "tests" not in path.parts]
    asking = [module_of(path) for path in ours if HOST_READERS & set(calls_of(path.read_text()))]
    assert asking == ["cryptotrader.requests.fast_door", "cryptotrader.requests.reading"]


def test_every_link_in_a_mail_begins_with_the_site(alice: Trader, mails: Mails) -> None:
    known, strange = {"email": "alice@example.com"}, {"email": "carol@example.com"}
    browser = Client(headers={"Host": FORGED})
    program = Client(headers={"Host": FORGED})
    for person in (known, strange):
        browser.post("/accounts/password/reset/", person)
        browser.post("/accounts/confirm-email/resend/", person)
        browser.post("/accounts/signup/", person | {"password1": PASSWORD})
    for path, body in (
        ("/api/v1/auth/register", known | {"password": PASSWORD}),
        ("/api/v1/auth/register", {"email": "dora@example.com", "password": PASSWORD}),
        ("/_allauth/app/v1/auth/signup", {"email": "erin@example.com", "password": PASSWORD}),
        ("/_allauth/app/v1/auth/password/request", known),
    ):
        program.post(path, body, content_type="application/json")
    browser.force_login(alice.user)
    new = "quite another password"
    browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, "password1": new, "password2": new})
    for device in ("curl/8.5.0", "wget/1.21"):
        login = {"login": "alice@example.com", "password": new}
        Client(headers={"Host": FORGED, "User-Agent": device}).post("/accounts/login/", login)
    for name in OF_SERVICES:
        tell(alice.user.pk, name, {})
    links = [link for mail in mails for link in re.findall(r"\w+://\S+", str(mail.body))]
    assert len({mail.subject for mail in mails}) >= 6 + len(OF_SERVICES)
    assert len(links) == len(mails)
    assert [link for link in links if not link.startswith(f"{SITE}/")] == []


def test_the_link_of_a_reset_opens_its_page(alice: Trader, mails: Mails) -> None:
    Client().post("/accounts/password/reset/", {"email": "alice@example.com"})
    (link,) = re.findall(rf"{SITE}(\S+)", str(mails[0].body))
    assert "password1" in Client().get(link, follow=True).content.decode()


def test_a_proof_and_the_next_page_of_a_list_name_the_site(alice: Trader, stage: Stage) -> None:
    trades = [alice.place() for _ in range(2)]
    stage.prices(NOON + timedelta(seconds=1), ["60000.00"] + ["60000.01"] * 62)
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))
    asked = Api(alice, Host=FORGED)
    assert asked.get(f"/api/v1/flash-trades/{trades[0].pk}/proof").json()["proof"]["issuer"] == SITE
    assert asked.get("/api/v1/flash-trades?limit=1").json()["next"].startswith(f"{SITE}/api/v1/flash-trades?")
    page = Client(headers={"Host": FORGED})
    page.force_login(alice.user)
    assert page.get(f"/trades/{trades[0].pk}/proof.json").json()["proof"]["issuer"] == SITE
    shown = page.get(f"/trades/{trades[0].pk}/").content.decode()
    assert f"--jwks {SITE}/.well-known/jwks.json" in shown
    assert "6666" not in shown


@pytest.mark.parametrize(("site", "name"), [(SITE, "flash.example"), ("http://127.0.0.1:8000", "localhost")])
def test_a_passkey_belongs_to_the_sites_domain(settings: Settings, site: str, name: str) -> None:
    settings.SITE_URL = site
    with request_context(RequestFactory(headers={"Host": FORGED}).get("/")):
        assert SecondFactorAdapter().get_public_key_credential_rp_entity() == {"id": name, "name": "cryptotrader"}


def test_plain_http_is_sent_to_the_site(settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT, settings.SECURE_SSL_HOST = True, "flash.example"
    assert Client(headers={"Host": FORGED}).get("/docs/rules")["Location"] == f"{SITE}/docs/rules"
