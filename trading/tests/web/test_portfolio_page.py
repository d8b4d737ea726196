import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import override

from accounts.tests.cast import NOON, PASSWORD
from trading.domain.terms import Direction
from trading.models import FlashTrade
from trading.selectors.past.results import Results, SpanOfResults, Streaks, Sums, results_in, streaks_in
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import SYMBOL, Stage, Trader, open_stage
from trading.tests.growth.test_day_sums import MANY
from trading.web import portfolio_shown
from trading.web.portfolio_shown import curve_data

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)
UP, DOWN = Direction.UP, Direction.DOWN


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOON + timedelta(hours=1), tick=False):
        yield


@pytest.fixture
def reader(client: Client, alice: Trader) -> Client:
    assert client.login(email=alice.user.email, password=PASSWORD)
    return client


def decide(stage: Stage, who: Trader, ways: list[Direction], *, after: int = 0, seconds: int = 15) -> None:
    """Trades one after the other in a market that rises: those up are won, those down are lost."""
    last = after
    for number, way in enumerate(ways):
        second = after + 20 * number
        rise(stage, last, second)
        last = second
        who.place(at=NOON + second * SECOND, seconds=seconds, direction=way, symbol=stage.instrument.symbol)
    rise(stage, last, last + seconds + 2)
    settle_due_trades(instrument=stage.instrument.symbol, now=NOON + (last + seconds + 2) * SECOND)


def rise(stage: Stage, last: int, second: int) -> None:
    stage.prices(NOON + (last + 1) * SECOND, [f"{60000 + each}.00" for each in range(last + 1, second + 1)])


def span(who: Trader, **changes: object) -> SpanOfResults:
    usual = {"since": NOON - DAY, "until": NOON + DAY, "zone": "Asia/Seoul", "step": "day"}
    return SpanOfResults(who.user.pk, who.wallet.id, **usual | changes)  # type: ignore[arg-type]


def test_results_are_summed_by_each_group(stage: Stage, alice: Trader, bob: Trader) -> None:
    bob.place(seconds=15)
    decide(stage, alice, [UP, UP, DOWN])
    decide(open_stage("ETH-USDT"), alice, [DOWN], seconds=30)
    found = results_in(span(alice))
    assert (found.all.trades, found.all.won, found.all.lost) == (4, 2, 2)
    assert (found.all.staked, found.all.result) == (400, -30)
    assert {name: sums.result for name, sums in found.by_symbol.items()} == {SYMBOL: 70, "ETH-USDT": -100}
    assert {seconds: sums.trades for seconds, sums in found.by_duration.items()} == {15: 3, 30: 1}
    assert {hour: sums.trades for hour, sums in found.by_hour.items()} == {21: 4}  # noon in London
    ((bucket, sums),) = found.by_bucket.items()
    assert bucket.isoformat() == "2026-02-28T15:00:00+00:00"  # the beginning of 1 March in Seoul
    assert sums == found.all


def test_a_span_ends_and_a_wallet_is_one(stage: Stage, alice: Trader) -> None:
    decide(stage, alice, [UP])
    assert results_in(span(alice, since=NOON + DAY, until=NOON + 2 * DAY)).all.trades == 0
    assert results_in(span(alice, until=NOON)).all.trades == 0
    assert SpanOfResults(alice.user.pk, -1, NOON - DAY, NOON + DAY, "UTC", "day").wallet_id == -1
    assert results_in(SpanOfResults(alice.user.pk, -1, NOON - DAY, NOON + DAY, "UTC", "day")).by_symbol == {}


@pytest.mark.parametrize(
    ("ways", "streaks"),
    [
        ([], Streaks(0, 0, 0)),
        ([UP, UP, UP, DOWN, UP, UP], Streaks(3, 1, 2)),
        ([DOWN, UP, DOWN, DOWN], Streaks(1, 2, -2)),
    ],
)
def test_streaks_are_the_longest_runs_and_the_one_under_way(
    stage: Stage, alice: Trader, ways: list[Direction], streaks: Streaks
) -> None:
    decide(stage, alice, ways)
    assert streaks_in(span(alice)) == streaks
    assert streaks.length == abs(streaks.current)


def test_a_void_is_neither_won_nor_lost(stage: Stage, alice: Trader) -> None:
    alice.place()
    settle_due_trades(instrument=SYMBOL, now=NOON + timedelta(minutes=10))
    found = results_in(span(alice)).all
    assert (found.trades, found.won, found.lost, found.staked, found.result) == (1, 0, 0, 0, 0)
    assert streaks_in(span(alice)) == Streaks(0, 0, 0)


def test_the_page_tells_the_rate_its_interval_and_break_even(reader: Client, stage: Stage, alice: Trader) -> None:
    decide(stage, alice, [UP, UP, DOWN])
    html = reader.get("/portfolio/").content.decode()
    for text in ("66.7%", "20.8%–93.9%", "54.1%", "Break-even is inside the interval", "+70.00"):
        assert text in html
    found = re.search(r'<script id="curve-data" type="application/json">(.*?)</script>', html)
    assert found
    noon = int(NOON.timestamp())  # all of them settle together, 57 seconds later
    assert json.loads(found[1])["points"] == [{"time": noon - 60, "total": "0.00"}, {"time": noon, "total": "70.00"}]


def test_a_curve_has_the_finest_steps_of_which_there_are_few_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    minutes = {NOON + timedelta(hours=9 * number, minutes=7): Sums(result=Decimal(number)) for number in range(12)}
    with override("Asia/Seoul"):
        fine = points(Results(by_bucket=minutes))
        monkeypatch.setattr(portfolio_shown, "POINTS_MAX", 11)
        days = points(Results(by_bucket=minutes))
    assert len(fine) == 13
    assert fine[1] == (NOON + timedelta(minutes=7), "0.00")
    midnight = NOON - timedelta(hours=21)  # in Seoul, on 1 March
    totals = ["0.00", "3.00", "15.00", "36.00", "55.00", "66.00"]
    assert days == [(midnight - DAY, "0.00"), *((midnight + day * DAY, total) for day, total in enumerate(totals))]


def test_hours_come_between_minutes_and_days(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portfolio_shown, "POINTS_MAX", 2)
    minutes = {NOON + timedelta(minutes=number): Sums(result=Decimal(1)) for number in range(90)}
    assert points(Results(by_bucket=minutes))[1:] == [(NOON, "60.00"), (NOON + timedelta(hours=1), "90.00")]


def points(results: Results) -> list[tuple[datetime, str]]:
    drawn = curve_data(results, "USDT")["points"]
    assert isinstance(drawn, list)
    return [(datetime.fromtimestamp(each["time"], UTC), each["total"]) for each in drawn]


def test_a_range_chooses_the_steps_and_an_unknown_one_is_not_found(reader: Client, stage: Stage, alice: Trader) -> None:
    decide(stage, alice, [UP])
    for name in ("7d", "30d", "90d", "1y", "all"):
        answer = reader.get(f"/portfolio/?range={name}")
        _zero, point = answer.context["curve_data"]["points"]
        assert point["time"] == int((NOON.replace(hour=0) if name in ("1y", "all") else NOON).timestamp())
    for query in ("range=2d", "wallet=0", "wallet=x"):
        assert reader.get(f"/portfolio/?{query}").status_code == 404


def test_who_has_not_traded_is_told_so(reader: Client) -> None:
    assert "No trade has ended in this time." in reader.get("/portfolio/").content.decode()


def test_a_visitor_is_sent_to_sign_in(client: Client, db: None) -> None:
    assert client.get("/portfolio/")["Location"] == "/accounts/login/?next=/portfolio/"


def test_it_asks_the_same_questions_of_one_trade_and_of_two_thousand(
    reader: Client, stage: Stage, alice: Trader
) -> None:
    decide(stage, alice, [UP])
    reader.get("/portfolio/")
    with CaptureQueriesContext(connection) as few:
        reader.get("/portfolio/")
    with connection.cursor() as cursor:
        cursor.execute(MANY)
    with CaptureQueriesContext(connection) as many:
        html = reader.get("/portfolio/").content.decode()
    assert "2,001" in html
    assert FlashTrade.objects.count() == 2001
    assert len(many) == len(few)
    assert sum("GROUPING SETS" in query["sql"] or "runs" in query["sql"] for query in many) == 2
    assert results_in(span(alice)).all.result == Decimal(85) * 2001
