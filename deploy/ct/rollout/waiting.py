"""Waits for servers: until they are ready, until their clients have left."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from deploy.ct.console import Console
from deploy.ct.outcome import Stopped
from deploy.ct.rollout.stage import Server, Stage

READY_IN_A_ROW = 5
READY_SECONDS = 120
PAUSE_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class Waiting:
    """Looks at servers again and again."""

    stage: Stage
    console: Console
    wait: Callable[[float], None]
    clock: Callable[[], float]

    def until_ready(self, servers: Sequence[Server]) -> None:
        """Waits until each has been ready five times in a row. Raises Stopped with a server's last answer."""
        deadline = self.clock() + READY_SECONDS
        in_a_row = dict.fromkeys((server.name for server in servers), 0)
        while True:
            with ThreadPoolExecutor(max(1, len(servers))) as pool:
                reasons = list(pool.map(self.stage.readiness, servers))
            for server, reason in zip(servers, reasons, strict=True):
                in_a_row[server.name] = 0 if reason else in_a_row[server.name] + 1
                if reason and self.clock() > deadline:
                    raise Stopped(f"{server.name} is not ready: {reason}")
            if min(in_a_row.values()) >= READY_IN_A_ROW:
                return
            self.wait(PAUSE_SECONDS)

    def until_left(self, servers: Sequence[Server], seconds: float) -> None:
        """Waits until nginx has no connection to these any more, or so long."""
        deadline = self.clock() + seconds
        while left := sum(self.stage.connections(server) for server in servers):
            if self.clock() > deadline:
                self.console.say(f"    {left} connections are still there after {seconds:g} s")
                return
            self.wait(PAUSE_SECONDS)
