"""A whole journey in the format of production: each line keeps to the schema, none holds a secret or an address."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.core.mail import EmailMessage
from django.db import IntegrityError, connection
from django.test import Client
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.tests.cast import PASSWORD
from accounts.tests.codes import App
from accounts.tests.keys import SigningApi, made_key
from accounts.tests.letters import key_in, link_in
from accounts.tests.rest_client import Api
from accounts.tests.till import open_terms
from cryptotrader.logs.fields import FIELDS, IDS
from cryptotrader.tests.support.doors import order
from cryptotrader.tests.support.log_lines import Lines, production_lines
from trading.models import Instrument
from trading.tests.cast import Stage, Trader

EMAIL, ADDRESS, WRONG = "carol.geheim@example.com", "203.0.113.77", "a-wrong-password-77"
ALWAYS = {"time", "level", "event", "program", *IDS}


class Journey:
    """A newcomer at all doors, and every secret on her way."""

    def __init__(self, mails: list[EmailMessage]) -> None:
        self.mails = mails
        self.browser = Client(raise_request_exception=False, REMOTE_ADDR=ADDRESS)
        self.secrets: set[str] = {EMAIL, ADDRESS, PASSWORD, WRONG}

    def sign_up(self) -> None:
        form = {"email": EMAIL, "password1": PASSWORD, "password2": PASSWORD}
        assert self.browser.post("/accounts/signup/", form).status_code == 302
        self.keep(key_in(self.mails[-1]))
        link = link_in(self.mails[-1])
        assert self.browser.get(link).status_code in (200, 302)
        assert self.browser.post(link).status_code == 302

    def sign_in(self) -> None:
        self.browser.post("/accounts/login/", {"login": EMAIL, "password": WRONG})
        assert self.browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}).status_code == 302
        self.keep_cookies()
        self.app = App(User.objects.get(email=EMAIL))
        self.keep(self.app.secret, *self.app.recovery_codes)
        tokens = Api().post("/api/v1/auth/token", {"email": EMAIL, "password": PASSWORD, "code": self.code()})
        self.keep(tokens.json()["access"], tokens.json()["refresh"])
        self.api = Api(token=tokens.json()["access"])
        Api().post("/api/v1/auth/token", {"email": EMAIL, "password": PASSWORD, "code": self.app.wrong(_now())})
        Api().post("/api/v1/auth/refresh", {"refresh": tokens.json()["refresh"]})

    def trade(self, trader: Trader) -> None:
        for made in (made_key(trader), made_key(trader, signs=True)):
            self.keep(made.secret)
            key = SigningApi(made) if made.key.signs else Api(token=made.secret)
            assert key.get("/api/v1/wallets").status == 200
        Api(token="ct_0123456789ab_this-is-no-key-of-ours-9").get("/api/v1/wallets")
        self.keep("this-is-no-key-of-ours-9")
        self.api.post("/api/v1/flash-trades", order() | {"instrument": "BTC-USDT"})

    def forget_the_password(self) -> None:
        self.browser.post("/accounts/password/reset/", {"email": EMAIL})
        link = link_in(self.mails[-1])
        self.keep(link.rstrip("/").rpartition("/")[2].partition("-")[2])
        assert self.browser.get(link).status_code == 302
        new = "another horse battery 7"
        self.keep(new)
        page = self.browser.get(link)["Location"]
        self.browser.post(page, {"password1": new, "password2": new})

    def deposit(self) -> None:
        body = {"currency": "USDT", "amount": "50"}
        assert self.api.post("/api/v1/deposits", body, Idempotency_Key="deposit-1").status in (200, 201)

    def break_something(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Errors whose locals and messages hold secrets, and the DETAIL of a database's error."""
        held = sorted(secret for secret in self.secrets if len(secret) > 20 and " " not in secret)

        def breaks(*_: Any, **__: Any) -> None:
            password, token = PASSWORD, held[0]
            raise ValueError(f"password={password!r} token: {token} of {EMAIL} at {ADDRESS}; {' '.join(held)}")

        def doubles(*_: Any, **__: Any) -> None:
            try:
                with connection.cursor() as cursor:
                    cursor.execute("UPDATE users SET email = %s", [EMAIL])
            except IntegrityError as error:
                raise RuntimeError("it failed") from error

        for broken in (breaks, doubles):
            monkeypatch.setattr("trading.api.market.Time.get", broken)
            assert Api().get(f"/api/v1/time?token={PASSWORD}").status == 400
            assert Api().get("/api/v1/time", Cookie=f"a={PASSWORD}").status == 500

    def code(self) -> str:
        code = self.app.at(_now())
        self.keep(f"code={code}", f'"{code}"')
        return code

    def keep(self, *secrets: str) -> None:
        self.secrets.update(secrets)

    def keep_cookies(self) -> None:
        self.keep(*(morsel.value for morsel in self.browser.cookies.values() if len(morsel.value) > 8))


def _now() -> datetime:
    return timezone.now()


@pytest.fixture
def lines() -> Iterator[Lines]:
    with production_lines(level="DEBUG") as captured:
        yield captured


@pytest.mark.django_db(transaction=True)
def test_a_journey_leaves_lines_and_no_secrets(
    stage: Stage,
    alice: Trader,
    mails: list[EmailMessage],
    lines: Lines,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.REAL_CURRENCIES = ["USDT"]
    open_terms()
    Instrument.objects.update(status="open")
    carol = Journey(mails)
    carol.sign_up()
    carol.sign_in()
    carol.trade(alice)
    carol.deposit()
    carol.forget_the_password()
    carol.keep_cookies()
    carol.break_something(monkeypatch)
    told = lines.all
    assert len(carol.secrets) > 25
    assert {secret for secret in carol.secrets if secret in lines.text} == set()
    assert not re.search(r"[\w.]+@[\w-]+\.\w", lines.text)
    for line in told:
        _check_schema(line)
    events = {line["event"] for line in told}
    assert events >= {"request", "task", "trader registered", "signed in", "sign-in refused", "API key made"}
    assert events >= {"deposit requested", "password replaced"}
    requests = [line for line in told if line["event"] == "request"]
    assert len({line["request_id"] for line in requests}) == len(requests)
    failed = [line for line in told if line["level"] == "ERROR"]
    assert [line["event"] for line in failed] == ["request"] * 2
    assert "DETAIL: [removed]" in failed[1]["exception"]
    task = next(line for line in told if line["event"] == "task")
    assert task["request_id"] in {line["request_id"] for line in requests}
    assert {line["network"] for line in requests} == {"203.0.113.0/24", "127.0.0.1"}


def _check_schema(line: dict[str, Any]) -> None:
    assert line.keys() >= ALWAYS
    assert line.keys() <= ALWAYS | FIELDS.keys(), line
    assert line["level"] in {"DEBUG", "INFO", "WARN", "ERROR"}
    assert datetime.fromisoformat(line["time"]).utcoffset() is not None
    if line["event"] == "request":
        assert line.keys() >= {"method", "status", "milliseconds", "network"}
        assert line["request_id"]
    if line["event"] == "task":
        assert line.keys() >= {"task", "outcome", "milliseconds"}
        assert line["task_id"]
        assert line["request_id"]
