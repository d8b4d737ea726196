from collections.abc import Iterator
from ipaddress import ip_network

import pytest
from pytest_django import Settings

from accounts.tests.cast import Person, user_named
from accounts.tests.receiver import Receiver, receiver


@pytest.fixture
def carol(db: None) -> Person:
    return Person(user_named("carol"))


@pytest.fixture(autouse=True)
def _own_network(settings: Settings) -> None:
    settings.WEBHOOK_NETWORKS = [ip_network("127.0.0.0/8")]


@pytest.fixture
def taking() -> Iterator[Receiver]:
    with receiver() as running:
        yield running
