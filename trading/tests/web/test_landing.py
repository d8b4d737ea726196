"""The front door: a visitor's page with its practice trade, and the market for who is signed in."""

import json
import re

import pytest
from django.test import Client

from accounts.tests.cast import PASSWORD
from trading.models import Instrument
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db


def test_a_visitor_is_received_with_a_practice_trade_and_its_terms(client: Client, stage: Stage) -> None:
    html = client.get("/").content.decode()
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html)
    assert found is not None
    terms = json.loads(found[1])["terms"]
    assert terms == {
        "symbol": SYMBOL,
        "currency": "USDT",
        "pip": "0.01",
        "duration": 15,
        "stake": "100.00",
        "payout_rate": "0.85",
        "payout": "185.00",
        "rule_version": 2,
    }
    assert re.findall(r'data-state="(\w+)"', html)[:4] == ["disconnected", "stale", "loading", "resynced"]
    assert "If you win less than 54.1% of the trades, you lose money" in html
    assert "Demo money only" in html


def test_it_can_be_shared(client: Client, stage: Stage) -> None:
    html = client.get("/").content.decode()
    told = dict(re.findall(r'<meta (?:property|name)="((?:og|twitter):[a-z:_]+)" content="([^"]*)"', html))
    assert told["og:url"] == "http://testserver/"
    assert told["og:image"].startswith("http://testserver/static/icons/card")
    assert told["twitter:card"] == "summary_large_image"
    assert told["og:title"]
    assert told["og:description"]


def test_without_an_open_instrument_it_offers_no_practice(client: Client, stage: Stage) -> None:
    Instrument.objects.update(status="paused")
    html = client.get("/").content.decode()
    assert "page-data" not in html
    assert "built/page.js" in html
    assert "What it is not" in html


def test_who_is_signed_in_gets_the_market(client: Client, stage: Stage, alice: Trader) -> None:
    assert client.login(email=alice.user.email, password=PASSWORD)
    html = client.get("/").content.decode()
    assert "data-ticket-form" in html
    assert "data-hints" in html
