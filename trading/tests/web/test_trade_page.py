import json
import re

import pytest
from django.test import Client

from accounts.tests.cast import PASSWORD
from accounts.tests.rest_client import Api
from trading.models import Instrument
from trading.services.instruments.seed_instruments import CONVERSION
from trading.tests.cast import SYMBOL, Stage, Trader

pytestmark = pytest.mark.django_db


def page_data(html: str) -> dict[str, object]:
    found = re.search(r'<script id="page-data" type="application/json">(.*?)</script>', html)
    assert found is not None
    data: dict[str, object] = json.loads(found.group(1))
    return data


def test_a_visitor_gets_the_market_without_anybodys_money(client: Client, stage: Stage, alice: Trader) -> None:
    html = client.get(f"/trade/{SYMBOL}/").content.decode()
    data = page_data(html)
    assert data["signed_in"] is False
    assert data["wallets"] == data["trades"] == []
    assert "60,000.00" in html
    assert ">54.1%<" in html
    assert "data-anonymous" in html


def test_a_trader_gets_their_own_wallet_and_trades(client: Client, stage: Stage, alice: Trader, bob: Trader) -> None:
    trade = alice.place()
    bob.place()
    assert client.login(email=alice.user.email, password=PASSWORD)
    data = page_data(client.get(f"/trade/{SYMBOL}/").content.decode())
    assert [each["id"] for each in data["trades"]] == [str(trade.id)]  # type: ignore[attr-defined]
    assert [each["available"] for each in data["wallets"]] == ["9900.00"]  # type: ignore[attr-defined]


def test_it_is_never_cached(client: Client, stage: Stage) -> None:
    for path in ("/", f"/trade/{SYMBOL}/"):
        assert "no-store" in client.get(path)["Cache-Control"]


@pytest.mark.parametrize("symbol", ["DOGE-USDT", "btc-usdt", "%00", "<script>"])
def test_an_unknown_instrument_is_not_found(client: Client, stage: Stage, symbol: str) -> None:
    assert client.get(f"/trade/{symbol}/").status_code == 404


def test_what_only_converts_prices_has_no_page_and_takes_no_order(client: Client, stage: Stage, alice: Trader) -> None:
    Instrument.objects.create(**CONVERSION, currency="USD", durations=[], status="retired", tradable=False)
    assert client.get("/trade/USDT-USD/").status_code == 404
    wish = {"instrument": "USDT-USD", "direction": "up", "duration": 60}
    for path, body in (("flash-trades", wish | {"amount": "10", "client_order_id": "one"}), ("quotes", wish)):
        answer = Api(alice).post(f"/api/v1/{path}", body).assert_problem(409, "instrument-closed")
        assert answer.json()["instrument_status"] == "retired"


def test_there_is_no_market_before_there_is_an_instrument(client: Client, alice: Trader) -> None:
    Instrument.objects.update(status="retired")
    assert client.login(email=alice.user.email, password=PASSWORD)
    assert client.get("/").status_code == 404


@pytest.mark.parametrize(
    ("languages", "colours", "word"),
    [("ko-KR,ko;q=0.9", "korea", "상승"), ("de", "world", "Up"), ("en", "world", "Up")],
)
def test_it_speaks_the_readers_language(client: Client, stage: Stage, languages: str, colours: str, word: str) -> None:
    html = client.get(f"/trade/{SYMBOL}/", headers={"Accept-Language": languages}).content.decode()
    assert f'data-colours="{colours}"' in html
    assert f"<strong>{word} <small" in html


def test_nothing_is_inline(client: Client, stage: Stage) -> None:
    """The content security policy would refuse it."""
    for path in ("/", f"/trade/{SYMBOL}/", f"/prices/{SYMBOL}/2026-03-01T12:00:00Z/"):
        html = client.get(path).content.decode()
        assert " style=" not in html
        assert "<style" not in html
        assert re.findall(r" on[a-z]+=", html) == []
        scripts = re.findall(r"<script([^>]*)>", html)
        assert all("src=" in attributes or "application/json" in attributes for attributes in scripts)


def test_the_manifest_is_json(client: Client) -> None:
    response = client.get("/manifest.webmanifest")
    assert response["Content-Type"] == "application/manifest+json"
    assert json.loads(response.content)["start_url"] == "/"
