"""Distributes the tests over several processes (`pytest -n`)."""

import os
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

from cryptotrader.tests.support.ordering import group_of

CACHES = 14
"""Each test process has a cache of its own."""
WORKERS_TO_A_SITE = 3
"""Journeys take eight minutes one after the other: with more test processes they are shared out over more platforms."""
BEHIND = 5
"""How far a process that takes tests from the back stands behind those whose tests wait for processes of their own."""


def workers() -> int:
    """Returns how many processes `make test` takes: three for two processors, because tests that start processes wait
    for them about half of their time. Five were a sixth quicker, and starved the clocks of venues and deployments.
    """
    processors = os.cpu_count() or 1
    return min(CACHES, processors + (processors + 1) // 2)


def takes_from_the_back(worker: str) -> bool:
    """Whether the test process of this name, gw0, gw1, …, is one of every other."""
    return int(worker.removeprefix("gw")) % 2 == 1


class ByFile(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """A process takes the next file, whose tests share what was set up for them; and one takes all journeys, which
    share a platform and a browser, or from six processes on a part of them; and one all clients of a platform.

    Every other process takes the files from the back of the order in which they were collected (`ordering`): at each
    time some tests wait for their processes and some compute, and no processor is idle.

    pytest-xdist's own way, a mark and `--dist loadgroup`, does nothing under pytest 9.2 (its issue 1386).
    """

    def __init__(self, config: pytest.Config, log: Any) -> None:
        config.option.loadscopereorder = False
        super().__init__(config, log)

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid, sites=max(1, self.numnodes // WORKERS_TO_A_SITE))

    def _assign_work_unit(self, node: Any) -> None:
        if takes_from_the_back(node.gateway.id):
            self.workqueue.move_to_end(next(reversed(self.workqueue)), last=False)
        super()._assign_work_unit(node)
