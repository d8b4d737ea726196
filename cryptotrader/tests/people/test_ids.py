"""An id in an address may be written in small or in capital letters, and in no other way, everywhere."""

from typing import Any

import pytest
from django.test import Client
from django.urls import get_resolver

from accounts.tests.rest_client import Api
from cryptotrader.tests.people.test_parameters import routes
from trading.tests.cast import Stage, Trader

OTHER_SPELLINGS = ["{%s}", "urn:uuid:%s", " %s", "%s%%0A"]


def test_no_route_reads_ids_in_a_way_of_its_own() -> None:
    """Django's `uuid` knows small letters only, its `int` any number of digits and leading zeros."""
    own = [
        route
        for route, pattern in routes(get_resolver().url_patterns)
        for converter in pattern.pattern.converters.values()
        if type(converter).__name__ in {"UUIDConverter", "IntConverter"}
    ]
    assert own == []


def test_capital_letters_name_the_same_trade_and_answers_use_small_ones(alice: Trader, stage: Stage) -> None:
    trade_id = str(alice.place().id)
    alices, browser = Api(alice), Client()
    browser.force_login(alice.user)
    for written in (trade_id, trade_id.upper()):
        for path in ("/api/v1/flash-trades", "/api/flash-trades"):
            assert alices.get(f"{path}/{written}").json()["id"] == trade_id
        assert browser.get(f"/trades/{written}/").status_code == 200
        assert alices.get(f"/api/v1/flash-trades?cursor={written}").json()["results"] == []
        lines = alices.get(f"/api/v1/wallets/{alice.wallet.id}/statement?reference={written}").json()["results"]
        assert len(lines) == 1


@pytest.mark.parametrize("spelling", [*OTHER_SPELLINGS, "no hyphens"])
def test_no_other_spelling_is_an_id(alice: Trader, stage: Stage, spelling: str) -> None:
    trade_id = str(alice.place().id)
    written: Any = spelling % trade_id if "%s" in spelling else trade_id.replace("-", "")
    alices = Api(alice)
    alices.get(f"/api/v1/flash-trades/{written}").assert_problem(404, "not-found")
    assert alices.get(f"/api/v1/flash-trades?cursor={written}").fields == {"cursor": "invalid"}
    wallet = f"/api/v1/wallets/{alice.wallet.id}"
    assert alices.get(f"{wallet}/statement?reference={written}").fields == {"reference": "invalid"}


def test_a_number_has_one_spelling_too(alice: Trader, stage: Stage) -> None:
    for written in (f"0{alice.wallet.id}", "%EF%BC%91", "9" * 30, f"+{alice.wallet.id}"):
        Api(alice).get(f"/api/v1/wallets/{written}/statement").assert_problem(404, "not-found")
