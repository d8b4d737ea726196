"""What a rollout needs of a place. Each method may be called again after a `kill -9` at any moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from deploy.ct.rollout.log import Request
from deploy.ct.rollout.prometheus import Prometheus
from deploy.ct.rollout.state import Colour, Serving

SERVERS = ("web", "stream")
BACKGROUND = ("worker", "settler", "backup", "feed")
"""They run side by side with those of another release: tasks are idempotent, and one feed publishes an instrument."""
BEAT = "beat"
"""Two would enqueue each task twice."""


@dataclass(frozen=True, slots=True)
class Server:
    """One process, or container, that nginx sends requests to."""

    service: str
    name: str
    address: str
    """`host:port`, as nginx reaches it."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Which colours get requests: `percent` of the clients go to `canary`, the others to `main`."""

    main: Colour
    canary: Colour | None = None
    percent: int = 0


class Stage(Protocol):
    """Where releases run, behind nginx."""

    def prepare(self) -> None:
        """Makes what a first deployment lacks. Raises Stopped if a setting is missing."""

    def counts(self) -> dict[str, int]:
        """Returns how many processes of each service the settings ask for."""

    def obtain(self, release: str) -> None:
        """Gets the program of a release."""

    def migrate(self, release: str) -> None:
        """Brings the database up to date, without waiting long for a lock. Raises Stopped."""

    def start(self, serving: Serving, counts: Mapping[str, int], *, idle: bool = False) -> None:
        """Starts the servers that don't run yet, and ends those of another release in this colour, or too many.

        `idle`: no client is with this colour. Then those with other settings or secrets than today's also begin anew.
        """

    def servers(self, colour: Colour) -> Sequence[Server]:
        """Returns the servers of a colour that run now."""

    def readiness(self, server: Server) -> str | None:
        """Returns why a server isn't ready, or None."""

    def route(self, pools: Mapping[str, Sequence[str]], choice: str) -> None:
        """Lets nginx read these upstreams. Raises Stopped, and changes nothing, if nginx refuses them."""

    def drain(self, server: Server, *, undo: bool = False) -> None:
        """Lets a server's clients go, or takes them again."""

    def connections(self, server: Server) -> int:
        """Returns how many connections a server has that nginx made."""

    def stop(self, server: Server) -> None:
        """Sends SIGTERM, and waits until the process has gone."""

    def restart(self, server: Server) -> None:
        """Ends a server, and starts it again with its release."""

    def replace(self, service: str, release: str, count: int) -> None:
        """Starts a background service's processes of a release, waits until they are well, then ends all others.

        The beat is the exception: first all others end.
        """

    def number(self, service: str, release: str) -> int:
        """Returns how many processes of a background service run this release, if none runs another, else 0."""

    def well(self, service: str, release: str) -> bool:
        """Whether a background service has processes of this release, and all of them are well."""

    def restart_background(self, service: str) -> None:
        """Restarts a background service's processes one after the other."""

    def free_bytes(self) -> int:
        """Returns the free space of the disk with the releases."""

    def ask(self, command: Sequence[str]) -> str:
        """Runs a command of manage.py in the release that serves, with the application's login. Raises Stopped."""

    def write_targets(self) -> None:
        """Tells Prometheus, if there is one, which processes run now, and of which colour."""

    def prometheus(self) -> Prometheus | None:
        """Returns the Prometheus that asks these processes, or None."""

    def requests(self, since: float) -> Sequence[Request]:
        """Returns the requests in nginx's log since this moment (seconds since 1970)."""
