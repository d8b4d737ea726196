from datetime import timedelta

import pytest
from django.test import Client

from cryptotrader.tests.cast import NOON, PASSWORD, Stage, Trader
from trading.models import FlashTrade
from trading.services.settle_due_trades import settle_due_trades
from trading.web import views


@pytest.fixture
def reader(client: Client, stage: Stage, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


def rows(client: Client, query: str = "") -> list[str]:
    html = client.get(f"/history/{query}").content.decode()
    return [part.split('"', 1)[0] for part in html.split('data-trade="')[1:]]


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    response = client.get("/history/")
    assert (response.status_code, response["Location"]) == (302, "/accounts/login/?next=/history/")


def test_it_says_when_there_is_nothing_yet(reader: Client) -> None:
    assert "No trades here yet." in reader.get("/history/").content.decode()


def test_it_shows_own_trades_newest_first(reader: Client, alice: Trader, bob: Trader) -> None:
    first, second = (alice.place(at=NOON + timedelta(milliseconds=n)) for n in range(2))
    bob.place()
    assert rows(reader) == [str(second.id), str(first.id)]


def test_older_trades_are_a_page_further(reader: Client, alice: Trader, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "PAGE_SIZE", 2)
    oldest, middle, newest = (alice.place(at=NOON + timedelta(milliseconds=n)) for n in range(3))
    assert rows(reader) == [str(newest.id), str(middle.id)]
    assert f"?before={middle.id}" in reader.get("/history/").content.decode()
    assert rows(reader, f"?before={middle.id}") == [str(oldest.id)]
    assert 'rel="next"' not in reader.get(f"/history/?before={middle.id}").content.decode()


def test_a_cursor_that_is_none_is_not_found(reader: Client) -> None:
    assert reader.get("/history/?before=1").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_settled_trade_shows_prices_outcome_and_signed_profit(client: Client, stage: Stage, alice: Trader) -> None:
    assert client.login(email=alice.user.email, password=PASSWORD)
    alice.place(seconds=15)
    stage.prices(NOON + timedelta(seconds=1), ["60000.10"] + ["60000.00"] * 16)
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=18))
    assert FlashTrade.objects.get().outcome == "lost"
    html = client.get("/history/").content.decode()
    for text in ("60,000.10", "60,000.00", "Lost", "−100.00", 'datetime="2026-03-01T12:00:16+00:00"'):
        assert text in html
