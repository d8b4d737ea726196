"""Watches a canary while it serves, and raises Stopped as soon as one of its judges condemns it."""

from collections.abc import Callable
from dataclasses import dataclass, field

from deploy.ct.console import Console
from deploy.ct.outcome import Stopped
from deploy.ct.rollout.canary import Figures, Limits, fault, figures
from deploy.ct.rollout.prometheus import Prometheus, Unanswered
from deploy.ct.rollout.stage import Stage
from deploy.ct.rollout.state import Colour

PAUSE_SECONDS = 2.0
SCRAPE_SECONDS_MAX = 25.0
"""Prometheus asks each 10 s: so long a verdict waits for its answer about the end of a share."""


@dataclass(slots=True)
class Watch:
    """Two judges: nginx's log, which also knows of a server that didn't answer, and Prometheus where there is one."""

    stage: Stage
    console: Console
    wait: Callable[[float], None]
    clock: Callable[[], float]
    limits: Limits
    seconds: float
    prometheus: Prometheus | None
    _silent: bool = field(default=False, init=False)

    def observe(self, canary: Colour, main: Colour) -> None:
        """Looks at both colours for the given time. Raises Stopped with the reason if the canary must go."""
        began = self.clock()
        while (passed := self.clock() - began) < self.seconds:
            self.wait(min(PAUSE_SECONDS, self.seconds - passed))
            self._judge_by_log(canary, main, began)
            self._judge_by_prometheus(canary, main, began)
        self.console.say(f"    nginx: {_words(self._judge_by_log(canary, main, began))}")
        if self._has_seen(canary, self.clock()):
            seen = self._judge_by_prometheus(canary, main, began)
            self.console.say(f"    Prometheus: {_words(seen)}" if seen else "")

    def _judge_by_log(self, canary: Colour, main: Colour, began: float) -> Figures:
        requests = self.stage.requests(began)
        return self._verdict("nginx's log", figures(requests, canary), figures(requests, main))

    def _judge_by_prometheus(self, canary: Colour, main: Colour, began: float) -> Figures | None:
        if self.prometheus is None or self._silent:
            return None
        now = self.clock()
        try:
            seen = self.prometheus.figures(canary, began, now, new=True)
            beside = self.prometheus.figures(main, began, now, new=False)
        except Unanswered as error:
            self._without(str(error))
            return None
        return self._verdict("Prometheus", seen, beside)

    def _verdict(self, judge: str, seen: Figures, beside: Figures) -> Figures:
        if found := fault(seen, beside, self.limits):
            raise Stopped(f"{judge}: {found}")
        return seen

    def _has_seen(self, canary: Colour, end: float) -> bool:
        """Waits until Prometheus has an answer of each server of the canary from after the end of the share."""
        while self.prometheus is not None and not self._silent:
            try:
                if self.prometheus.seen_until(canary) >= end:
                    return True
            except Unanswered as error:
                self._without(str(error))
                return False
            if self.clock() > end + SCRAPE_SECONDS_MAX:
                self._without(f"{self.prometheus.url} has no answer of {canary} since the share began")
                return False
            self.wait(PAUSE_SECONDS)
        return False

    def _without(self, reason: str) -> None:
        self._silent = True
        self.console.say(f"    nginx's log judges alone: {reason}")


def _words(seen: Figures) -> str:
    return f"{seen.requests} requests, {seen.errors} errors, p95 {seen.p95_seconds:.3f} s"
