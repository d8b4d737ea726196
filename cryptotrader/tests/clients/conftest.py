from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.support.homes import furnish


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.parent == Path(__file__).parent:
            item.add_marker("process")
            item.add_marker("long")


@pytest.fixture(scope="package")
def site() -> Iterator[Site]:
    """A platform as `make run` starts it, with its demo logins."""
    with TemporaryDirectory(prefix="clients-", ignore_cleanup_errors=True) as home:
        furnish(Path(home))
        running = Site(Path(home))
        yield running
        running.stop()
