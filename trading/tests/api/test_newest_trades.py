"""The list of trades keeps what it has written of each: it must never show a trade as it was."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from datetime import timedelta
from typing import Any

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.rest.written_trades import WrittenTrades
from trading.selectors.newest_trades import id_in, newest_versions
from trading.tests.cast import Stage, Trader, trader
from trading.tests.closing import at, open_one
from trading.tests.listed import listed
from trading.tests.voids import LATER, Staff, settled

PATH = "/api/v1/flash-trades"
Queries = Callable[[int], AbstractContextManager[Any]]


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(at(0), tick=False) as traveller:
        yield traveller


def shown(api: Api) -> list[Any]:
    """The list, which is the same as each of its trades by itself, but for the receipts."""
    page = api.get(PATH).json()
    assert page["results"] == [listed(api.get(f"{PATH}/{trade['id']}").json()) for trade in page["results"]]
    assert page["next"] is None
    return list(page["results"])


def test_each_change_of_a_trade_is_in_the_next_list(
    alices: Api, alice: Trader, clock: time_machine.Traveller, stage: Stage
) -> None:
    scene, trade = open_one(stage, alice)
    clock.move_to(at(41.5))
    assert [each["state"] for each in shown(alices)] == ["open"]
    alices.post(f"{PATH}/{trade.pk}/close", {"min_price": "50"})
    assert shown(alices)[0]["close"]["state"] == "waiting"
    scene.go_to(45)
    ended = shown(alices)[0]
    assert (ended["state"], ended["outcome"], ended["close"]["state"]) == ("settled", "sold", "sold")


def test_a_correction_is_in_the_next_list(alices: Api, alice: Trader, stage: Stage) -> None:
    trade = alice.place()
    assert [each["state"] for each in shown(alices)] == ["pending"]
    settled(stage, "60000.10")
    assert [each["outcome"] for each in shown(alices)] == ["won"]
    with time_machine.travel(LATER, tick=False):
        Staff().void(trade.pk)
        assert shown(Api(alice))[0]["correction"]["amount"] == "-85.00"


def test_the_lists_of_many_people_take_two_queries_and_known_trades_one(
    stage: Stage, django_assert_num_queries: Queries
) -> None:
    people = [trader(f"person-{number}") for number in range(5)]
    for number, person in enumerate(people):
        for each in range(number):
            person.place(at=NOON + each * timedelta(milliseconds=1))
    wanted = [(person.user.pk, 3) for person in people]
    written = WrittenTrades()
    with django_assert_num_queries(2):
        pages = written.pages(newest_versions(wanted))
    assert [len(page) for page in pages] == [0, 1, 2, 3, 3]
    with django_assert_num_queries(1):
        assert written.pages(newest_versions(wanted)) == pages


def test_no_more_texts_are_kept_than_wanted(stage: Stage, alice: Trader) -> None:
    for each in range(4):
        alice.place(at=NOON + each * timedelta(milliseconds=1))
    (versions,) = newest_versions([(alice.user.pk, 50)])
    few, all_of_them = WrittenTrades(most=2), WrittenTrades()
    for page in ([versions], [versions[2:]], [versions]):
        assert few.pages(page) == all_of_them.pages(page)
        assert len(few._texts) <= 2


def test_a_trade_that_changes_between_the_two_looks_is_shown_as_it_is_then(stage: Stage, alice: Trader) -> None:
    alice.place()
    (before,) = newest_versions([(alice.user.pk, 50)])
    settled(stage, "60000.10")
    written = WrittenTrades()
    ((text,),) = written.pages([before])
    assert b'"outcome":"won"' in text
    (after,) = newest_versions([(alice.user.pk, 50)])
    assert (id_in(after[0]), after == before) == (id_in(before[0]), False)
    assert written.pages([after]) == [[text]]
