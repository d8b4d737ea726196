"""The public page of any second: its price, or precisely why there is none; its evidence can be checked."""

import json
from datetime import timedelta

import pytest
from django.test import Client

from accounts.tests.cast import NOON
from trading.services.proof.publish_digests import publish_digests
from trading.tests.cast import SYMBOL, Stage

HERE = f"/prices/{SYMBOL}"


@pytest.fixture
def series(stage: Stage) -> Stage:
    """A price at noon and at each second from :01 to :03, none at :04, and again from :05 on."""
    stage.prices(NOON + timedelta(seconds=1), ["60000.01", "60000.02", "60000.03"])
    stage.prices(NOON + timedelta(seconds=5), ["60000.05", "60000.06"])
    return stage


def test_it_shows_the_venues_the_price_and_the_hash_to_anybody(client: Client, series: Stage) -> None:
    answer = client.get(f"{HERE}/2026-03-01T12:00:02Z/")
    assert answer.status_code == 200
    html = answer.content.decode()
    assert f"<title>{SYMBOL} 60,000.02 · 2026-03-01 12:00:02 UTC · cryptotrader</title>" in html
    assert 'rel="canonical" href="http://testserver/prices/BTC-USDT/2026-03-01T12:00:02Z/"' in html
    assert f'href="{HERE}/2026-03-01T12:00:01Z/" rel="prev"' in html
    assert f'href="{HERE}/2026-03-01T12:00:03Z/" rel="next"' in html
    evidence = json.loads(client.get(f"{HERE}/2026-03-01T12:00:02Z/evidence.json").content)
    _, price, _ = evidence["windows"][0]["prices"]
    assert price["price"] == "60000.02"
    assert price["digest"] in html
    assert price["previous"] in html
    assert "The digest of this day is not published yet." in html


@pytest.mark.parametrize(
    ("at", "why"),
    [
        ("2026-03-01T12:00:04Z", "Too few venues were heard."),
        ("2026-03-01T12:00:07Z", "The newest price is older."),
        ("2036-01-01T00:00:00Z", "The newest price is older."),
        ("2026-02-28T00:00:00Z", "The chain of this instrument begins later."),
    ],
)
def test_a_second_without_a_price_says_why(client: Client, series: Stage, at: str, why: str) -> None:
    answer = client.get(f"{HERE}/{at}/")
    assert answer.status_code == 404
    assert why in answer.content.decode()
    assert client.get(f"{HERE}/{at}/evidence.json").status_code == 404


@pytest.mark.parametrize(
    "at",
    ["2026-03-01T12:00:02", "2026-03-01T12:00:02.5Z", "2026-02-30T12:00:02Z", "2026-03-01T25:00:00Z", "now"],
)
def test_another_form_of_a_time_is_told_the_right_one(client: Client, series: Stage, at: str) -> None:
    answer = client.get(f"{HERE}/{at}/")
    assert answer.status_code == 400
    assert "Write it like 2026-01-31 12:00:09." in answer.content.decode()


@pytest.mark.parametrize("symbol", ["DOGE-USDT", "btc-usdt", "%00"])
@pytest.mark.parametrize("rest", ["", "2026-03-01T12:00:02Z/", "x/", "2026-03-01T12:00:02Z/evidence.json"])
def test_an_unknown_instrument_is_not_found(client: Client, series: Stage, symbol: str, rest: str) -> None:
    assert client.get(f"/prices/{symbol}/{rest}").status_code == 404


def test_the_newest_second_and_a_typed_one_are_a_step_away(client: Client, series: Stage) -> None:
    assert client.get(f"{HERE}/")["Location"] == f"{HERE}/2026-03-01T12:00:06Z/"
    for typed in ("2026-03-01 12:00:02", "2026-03-01T12:00:02Z", " 2026-03-01 12:00:02 UTC "):
        assert client.get(f"{HERE}/", {"at": typed})["Location"] == f"{HERE}/2026-03-01T12:00:02Z/"
    refused = client.get(f"{HERE}/", {"at": "<yesterday>"})
    assert refused.status_code == 400
    assert "&lt;yesterday&gt;" in refused.content.decode()


def test_evidence_is_for_everyone_and_is_kept_longer_the_more_complete_it_is(client: Client, series: Stage) -> None:
    newest, whole = f"{HERE}/2026-03-01T12:00:06Z/evidence.json", f"{HERE}/2026-03-01T12:00:02Z/evidence.json"
    assert client.get(newest)["Cache-Control"] == "public, max-age=2"
    assert client.get(whole)["Cache-Control"] == "public, max-age=60"
    publish_digests(now=NOON + timedelta(days=1))
    assert client.get(whole)["Cache-Control"] == "public, max-age=86400"
    assert "no-store" in client.get(f"{HERE}/2026-03-01T12:00:02Z/")["Cache-Control"]
