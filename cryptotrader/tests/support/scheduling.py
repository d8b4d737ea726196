"""Distributes the tests over several processes (`pytest -n`)."""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from cryptotrader.tests.support.ordering import group_of


def workers() -> int:
    """Returns how many processes `make test` takes: one more for each two processors, because tests that start
    processes wait for them about half of their time."""
    processors = os.cpu_count() or 1
    return processors + (processors + 1) // 2


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process takes the next file, whose tests share what was set up for them, in the order in which they were
    collected; and one takes all journeys, which share a platform and a browser, and one all clients of a platform.

    pytest-xdist's own way, a mark and `--dist loadgroup`, does nothing under pytest 9.2 (its issue 1386).
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid)
