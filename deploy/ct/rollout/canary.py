"""Judges a canary by the requests that it answered."""

from collections.abc import Sequence
from dataclasses import dataclass

from deploy.ct.rollout.log import Request

SHARES = (5, 25, 50)
"""Percent of the clients, one step after the other; then all."""
ERRORS_MIN = 2
"""A single error is chance."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most that a canary may do."""

    errors_percent: float = 1.0
    errors_factor: float = 2.0
    """Of the percentage of the release beside it: what both suffer from, such as prices that come late, is no fault."""
    p95_seconds: float = 1.0
    p95_factor: float = 3.0
    """Of the p95 of the release beside it, which has the same machine and the same minute."""
    requests_min: int = 20
    """With fewer, there is no verdict about times."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The answers of one release."""

    requests: int
    errors: int
    """Status 500 to 599, but no 503 of maintenance."""
    p95_seconds: float

    @property
    def errors_percent(self) -> float:
        return 100 * self.errors / self.requests if self.requests else 0.0


def figures(requests: Sequence[Request], colour: str) -> Figures:
    """Returns the figures of a colour's web pool: sockets last as long as they like."""
    own = [request for request in requests if request.pool == f"web_{colour}"]
    times = sorted(request.seconds for request in own)
    p95 = times[min(len(times) - 1, int(len(times) * 0.95))] if times else 0.0
    return Figures(len(own), sum(request.status >= 500 for request in own), p95)


def fault(canary: Figures, beside: Figures, limits: Limits) -> str | None:
    """Returns why the canary must go, or None."""
    tolerated = max(limits.errors_percent, limits.errors_factor * beside.errors_percent)
    if canary.errors >= ERRORS_MIN and canary.errors_percent > tolerated:
        return f"{canary.errors} of {canary.requests} requests failed, more than {tolerated:.1f} %"
    if canary.requests < limits.requests_min or beside.requests < limits.requests_min:
        return None
    allowed = max(limits.p95_seconds, limits.p95_factor * beside.p95_seconds)
    if canary.p95_seconds > allowed:
        return f"p95 is {canary.p95_seconds:.2f} s, more than {allowed:.2f} s"
    return None
