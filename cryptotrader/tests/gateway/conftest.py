"""Two people who are alike, each at one of the doors."""

from collections.abc import Iterator

import pytest
import time_machine
from django.core.cache import cache

from accounts.tests.cast import NOON
from accounts.tests.rest_client import tokens_of
from cryptotrader.tests.support.two_doors import Both, Doors, bearer
from trading.tests.cast import Stage, Trader, open_stage, trader


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def market(noon: time_machine.Traveller, db: None) -> Stage:
    return open_stage()


@pytest.fixture
def doors(market: Stage) -> Doors:
    cache.clear()
    return Doors()


@pytest.fixture
def pair(market: Stage) -> tuple[Trader, Trader]:
    """Two people who are alike: one at each door."""
    return trader("alice"), trader("carol")


@pytest.fixture
def both(doors: Doors, pair: tuple[Trader, Trader]) -> Both:
    return Both(doors, pair, lambda person: [bearer(tokens_of(person).access)])
