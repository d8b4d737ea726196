import csv
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from io import StringIO
from urllib.parse import urlencode

import pytest
import time_machine
from django.test import Client

from accounts.services.people.change_settings import change_settings
from accounts.tests.cast import NOON, PASSWORD
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.selectors.offers import offer_of
from trading.selectors.past import totals
from trading.selectors.past.totals import Totals, totals_of
from trading.selectors.trades import TradeFilter
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader, open_stage
from trading.tests.closing import Scene, ask, at, open_one
from trading.web import history, history_export

MS = timedelta(milliseconds=1)


@pytest.fixture
def reader(client: Client, stage: Stage, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


def rows(client: Client, query: str = "") -> list[str]:
    html = client.get(f"/history/{query}").content.decode()
    return [part.split('"', 1)[0] for part in html.split('data-row="')[1:]]


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
    monkeypatch.setattr(history, "PAGE_SIZE", 2)
    oldest, middle, newest = (alice.place(at=NOON + timedelta(milliseconds=n)) for n in range(3))
    assert rows(reader) == [str(newest.id), str(middle.id)]
    assert f"?before={middle.id}" in reader.get("/history/").content.decode()
    assert rows(reader, f"?before={middle.id}") == [str(oldest.id)]
    assert 'rel="next"' not in reader.get(f"/history/?before={middle.id}").content.decode()


def filtered(client: Client, **wanted: str) -> list[str]:
    return rows(client, "?" + urlencode(wanted))


def win_and_lose(stage: Stage, *traders: Trader) -> list[FlashTrade]:
    """In each book: a trade up that is won and one down that is lost."""
    ways = (Direction.UP, Direction.DOWN)
    trades = [who.place(at=NOON + MS * n, seconds=15, direction=way) for who in traders for n, way in enumerate(ways)]
    stage.prices(NOON + timedelta(seconds=1), [f"{60000 + second}.00" for second in range(17)])
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=18))
    return trades


@pytest.mark.django_db(transaction=True)
def test_filters_show_what_they_name_and_together_what_all_of_them_do(
    reader: Client, stage: Stage, alice: Trader, bob: Trader
) -> None:
    won, lost = (str(trade.id) for trade in win_and_lose(stage, alice, bob)[:2])
    open_stage("ETH-USDT")
    running = str(alice.place(at=NOON + MS * 9, symbol="ETH-USDT").id)
    assert filtered(reader, outcome="won") == [won]
    assert filtered(reader, outcome="lost", instrument="BTC-USDT", book="demo") == [lost]
    assert filtered(reader, instrument="ETH-USDT") == [running]
    assert filtered(reader, outcome="won", book="real") == filtered(reader, outcome="won", instrument="ETH-USDT") == []
    assert filtered(reader, outcome="", instrument="", book="") == [running, lost, won]


@pytest.mark.django_db(transaction=True)
def test_filters_stay_while_one_pages(
    reader: Client, stage: Stage, alice: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history, "PAGE_SIZE", 1)
    won, lost = win_and_lose(stage, alice)
    html = reader.get("/history/?book=demo&instrument=BTC-USDT").content.decode()
    assert '<option value="demo" selected>' in html
    assert f'href="?instrument=BTC-USDT&amp;book=demo&amp;before={lost.id}"' in html
    assert filtered(reader, outcome="won", before=str(lost.id)) == [str(won.id)]
    older = reader.get(f"/history/?outcome=won&before={lost.id}").content.decode()
    assert 'href="/history/?outcome=won"' in older
    assert 'rel="next"' not in older


@pytest.mark.parametrize("query", ["outcome=win", "instrument=NO-SUCH", "book=1", "outcome=%00", "instrument=ETH-USDT"])
def test_a_filter_that_names_nothing_is_said_and_shows_nothing(reader: Client, alice: Trader, query: str) -> None:
    alice.place()
    html = reader.get(f"/history/?{query}").content.decode()
    assert "Select a valid choice" in html
    assert "data-row" not in html


@pytest.mark.django_db(transaction=True)
def test_days_are_those_of_the_reader(reader: Client, stage: Stage, alice: Trader) -> None:
    change_settings(user_id=alice.user.pk, changes={"time_zone": "Asia/Seoul"})
    late = str(alice.place(at=NOON).id)
    stage.past([(NOON + timedelta(hours=4), "60000.00")])
    next_day = str(alice.place(at=NOON + timedelta(hours=4)).id)  # 1 a.m. of 2 March in Seoul
    assert filtered(reader, until="2026-03-01") == [late]
    assert (
        filtered(reader, since="2026-03-02") == filtered(reader, since="2026-03-02", until="2026-03-02") == [next_day]
    )
    assert filtered(reader, since="2026-03-01", until="2026-03-02") == [next_day, late]


@pytest.mark.parametrize(
    ("query", "error"),
    [
        ("since=yesterday", "A date is required"),
        ("until=0001-01-01", "A date is required"),
        ("since=2026-03-02&until=2026-03-01", "This day is before the first one."),
    ],
)
def test_a_day_that_is_none_is_said(reader: Client, alice: Trader, query: str, error: str) -> None:
    alice.place()
    html = reader.get(f"/history/?{query}").content.decode()
    assert error in html
    assert "data-row" not in html
    assert error in reader.get(f"/history/trades.csv?{query}").content.decode()


@pytest.mark.django_db(transaction=True)
def test_totals_are_those_of_the_filter(
    reader: Client, stage: Stage, alice: Trader, bob: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    win_and_lose(stage, alice, bob)
    assert totals_of(alice.user.pk, TradeFilter()) == [Totals(True, "USDT", 2, 1, Decimal(200), Decimal(-15))]
    assert totals_of(alice.user.pk, TradeFilter(outcome="won"))[0].result == 85
    assert totals_of(alice.user.pk, TradeFilter(demo=False)) == []
    html = reader.get("/history/?outcome=lost").content.decode()
    assert html.count("−100.00") == 2  # of the trade, and in total
    monkeypatch.setattr(totals, "COUNTED_MAX", 1)
    assert totals_of(alice.user.pk, TradeFilter())[0].trades == 1


@pytest.mark.django_db(transaction=True)
def test_a_download_has_all_trades_of_the_filter(
    reader: Client, stage: Stage, alice: Trader, bob: Trader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(history_export, "PAGE_SIZE", 1)
    won, lost = win_and_lose(stage, alice, bob)[:2]
    answer = reader.get("/history/trades.csv")
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == 'attachment; filename="trades.csv"'
    assert "no-store" in answer["Cache-Control"]
    lines = list(csv.DictReader(StringIO(answer.getvalue().decode("utf-8-sig"))))
    assert [line["id"] for line in lines] == [str(lost.id), str(won.id)]
    assert (lines[0]["profit"], lines[0]["void_reason"], lines[0]["instrument"]) == ("-100.00", "", "BTC-USDT")
    only = reader.get("/history/trades.csv?outcome=won").getvalue().decode("utf-8-sig")
    assert [line["id"] for line in csv.DictReader(StringIO(only))] == [str(won.id)]


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


@pytest.fixture
def closable(reader: Client, stage: Stage, alice: Trader) -> Iterator[tuple[Scene, FlashTrade]]:
    with time_machine.travel(at(41.5), tick=False):
        opened = open_one(stage, alice)
        assert reader.login(email=alice.user.email, password=PASSWORD)
        yield opened


def test_an_open_trade_leads_to_its_live_offer_and_shows_none_that_grows_old(
    reader: Client, closable: tuple[Scene, FlashTrade]
) -> None:
    scene, trade = closable
    html = reader.get("/history/").content.decode()
    assert '<a href="/#positions">See the offer to close early</a>' in html
    assert offer_of(trade, min_price=None, now=at(41.5)).amount > 0
    assert "min_price" not in html

    ask(trade, now=at(41.5), min_price="50")
    shown = reader.get("/history/").content.decode()
    assert "Closing…" in shown
    assert "See the offer to close early" not in shown
    scene.go_to(43)
    sold = reader.get("/history/").content.decode()
    assert "Closed early" in sold
    assert "12:00:43" in sold
    assert "See the offer to close early" not in sold


def test_an_order_that_lapsed_says_why(reader: Client, closable: tuple[Scene, FlashTrade]) -> None:
    scene, trade = closable
    ask(trade, now=at(41.5), min_price="80")
    scene.go_to(43, "59000.00")
    assert "the offer was below the minimum" in reader.get("/history/").content.decode()
