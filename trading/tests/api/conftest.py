from collections.abc import Iterator

import pytest
import time_machine

from accounts.tests.cast import NOON
from accounts.tests.rest_client import Api
from trading.tests.cast import Stage, Trader


@pytest.fixture
def noon() -> Iterator[time_machine.Traveller]:
    """It is noon until the test moves the clock."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def alices(noon: time_machine.Traveller, stage: Stage, alice: Trader) -> Api:
    """Alice's client, at noon, with a market."""
    return Api(alice)


@pytest.fixture
def bobs(noon: time_machine.Traveller, stage: Stage, bob: Trader) -> Api:
    return Api(bob)
