from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.domain.terms import Direction
from trading.services.settlement.settle_due_trades import settle_due_trades
from trading.tests.cast import Stage, Trader
from trading.tests.listed import listed

PATH = "/api/v1/flash-trades"


def place(trader: Trader, count: int) -> list[str]:
    """Place trades; returns their ids, newest first."""
    return [str(trader.place(stake="1", at=NOON + n * timedelta(milliseconds=1)).pk) for n in range(count)][::-1]


def test_another_persons_trade_does_not_exist(alices: Api, bobs: Api, alice: Trader) -> None:
    trade = alice.place()
    assert alices.get(f"{PATH}/{trade.pk}").status == 200
    theirs = bobs.get(f"{PATH}/{trade.pk}").assert_problem(404, "not-found").json()
    nobodys = bobs.get(f"{PATH}/{uuid4()}").assert_problem(404, "not-found").json()
    assert theirs.keys() == nobodys.keys()
    assert bobs.get(PATH).json()["results"] == []
    assert bobs.get(f"/api/flash-trades/{trade.pk}").status == 404


@pytest.mark.parametrize(
    "id", ["1", "x", "..", "%00", "a" * 500, "00000000-0000-0000-0000-00000000000", "%F0%9F%92%A9"]
)
def test_a_malformed_id_is_not_found(alices: Api, id: str) -> None:
    alices.get(f"{PATH}/{id}").assert_problem(404, "not-found")


def test_a_settled_trade_shows_how_it_ended(alices: Api, alice: Trader, stage: Stage) -> None:
    won, lost = alice.place(), alice.place(direction=Direction.DOWN, seconds=30, at=NOON + timedelta(milliseconds=-1))
    for second, price in ((1, "60000.00"), (31, "60000.01"), (61, "60000.10")):
        stage.price(NOON + timedelta(seconds=second), price)
    settle_due_trades(instrument="BTC-USDT", now=NOON + timedelta(seconds=61))

    first, second = (alices.get(f"{PATH}/{trade.pk}").json() for trade in (won, lost))
    assert (first["state"], first["outcome"], first["profit"]) == ("settled", "won", "85.00")
    assert (first["entry_price"], first["exit_price"], first["exit_samples"]) == ("60000.00", "60000.10", 1)
    assert first["settled_at"] == "2026-03-01T12:01:01Z"
    assert (second["outcome"], second["profit"], second["exit_price"]) == ("lost", "-100.00", "60000.01")
    assert alices.get(PATH).json()["results"] == [listed(first), listed(second)]


def test_pages_hold_each_trade_once_newest_first(alices: Api, alice: Trader, bob: Trader) -> None:
    ids = place(alice, 7)
    bob.place()

    seen, url = [], f"{PATH}?limit=3"
    while url:
        page = alices.get(url).json()
        seen.append([trade["id"] for trade in page["results"]])
        url = page["next"]

    assert [id for page in seen for id in page] == ids
    assert [len(page) for page in seen if page] == [3, 3, 1]


def test_a_page_does_not_move_when_a_new_trade_arrives(alices: Api, alice: Trader) -> None:
    ids = place(alice, 4)
    first = alices.get(f"{PATH}?limit=2").json()
    alice.place(at=NOON + timedelta(seconds=1))
    second = alices.get(first["next"]).json()
    assert [trade["id"] for trade in first["results"] + second["results"]] == ids


@pytest.mark.parametrize(
    ("query", "field"),
    [("limit=0", "limit"), ("limit=201", "limit"), ("limit=-1", "limit"), ("limit=1.5", "limit"), ("limit=", "limit"),
     ("limit=１", "limit"), ("limit=9999999999999", "limit"), ("limit=%00", "limit"),
     ("cursor=x", "cursor"), ("cursor=", "cursor"), ("cursor=%00", "cursor"), ("cursor=1%20OR%201=1", "cursor")],
)  # fmt: skip
def test_it_refuses_a_page_that_makes_no_sense(alices: Api, query: str, field: str) -> None:
    assert alices.get(f"{PATH}?{query}").assert_problem(400, "invalid-input").fields.keys() == {field}


def test_another_persons_cursor_shows_only_the_callers_rows(alices: Api, bobs: Api, alice: Trader, bob: Trader) -> None:
    place(alice, 3)
    cursor = alices.get(f"{PATH}?limit=1").json()["next"]
    bobs_own = place(bob, 2)
    assert {trade["id"] for trade in bobs.get(cursor).json()["results"]} <= set(bobs_own)


def test_a_list_takes_as_many_queries_for_fifty_as_for_one(
    alices: Api, alice: Trader, django_assert_max_num_queries: Callable[[int], Any]
) -> None:
    place(alice, 50)
    alices.get(PATH)  # the first request of a minute is written down
    with django_assert_max_num_queries(4):
        assert len(alices.get(PATH).json()["results"]) == 50
