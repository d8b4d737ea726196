"""Which tests go to which process, when there are several (`pytest -n`)."""

from xdist.scheduler import LoadScopeScheduling

JOURNEYS = "cryptotrader/tests/journeys/"


class JourneysTogether(LoadScopeScheduling):  # type: ignore[misc]  # it has no types
    """One platform and one browser serve all journeys, so one process has them all; the others go where there is time.

    pytest-xdist's own way, a mark and `--dist loadgroup`, does nothing under pytest 9.2 (its issue 1386).
    """

    def _split_scope(self, nodeid: str) -> str:
        return JOURNEYS if nodeid.startswith(JOURNEYS) else nodeid
