"""The rate limit of quotes for one caller."""

import time_machine
from django.core.cache import cache
from pytest_django import Settings

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.tests.cast import Stage, Trader
from trading.tests.payouts import SECOND

PATH, WISH = "/api/v1/quotes", {"direction": "up", "duration": 60}


def test_one_caller_asks_so_often_in_a_minute_and_not_for_others(
    settings: Settings, alice: Trader, stage: Stage, noon: time_machine.Traveller
) -> None:
    settings.RATES_A_MINUTE = {"quotes": 3}
    cache.clear()
    noon.shift(1.5)
    stage.price(NOON + SECOND, "60000.00")
    alices = Api(alice)
    assert [alices.post(PATH, WISH).status for _ in range(5)] == [200, 200, 200, 429, 429]
    refused = alices.post(PATH, WISH)
    assert (refused.json()["code"], refused.headers["Retry-After"]) == ("too-many-requests", "59")
    assert [Api().post(PATH, WISH).status for _ in range(4)] == [200, 200, 200, 429]
    noon.shift(59)
    stage.price(NOON + 60 * SECOND, "60000.00")
    assert alices.post(PATH, WISH).status == 200


def test_without_redis_quotes_are_given_all_the_same(
    settings: Settings, stage: Stage, noon: time_machine.Traveller
) -> None:
    settings.RATES_A_MINUTE = {"quotes": 1}
    settings.CACHES = {"default": settings.CACHES["default"] | {"LOCATION": "redis://127.0.0.1:1/0"}}
    assert [Api().post(PATH, WISH).status for _ in range(3)] == [200, 200, 200]
