"""Distributes the tests over several processes (`pytest -n`)."""

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "cryptotrader/tests/journeys/"


class JourneysTogether(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """All journeys run in one process, because they share one platform and one browser. Other tests run anywhere.

    pytest-xdist's own way, a mark and `--dist loadgroup`, does nothing under pytest 9.2 (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid
