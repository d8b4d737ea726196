from collections.abc import Iterator

import pytest
from pytest_django import DjangoDbBlocker, Settings

from cryptotrader.tests.roles.logins import prefix, separate_logins


@pytest.fixture(scope="package")
def _separate_logins(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Created and granted once: the emptying of tables between tests doesn't change rights."""
    with django_db_blocker.unblock(), separate_logins():
        yield


@pytest.fixture
def _logins(_separate_logins: None, settings: Settings) -> None:
    settings.DATABASE_ROLE_PREFIX = prefix()
