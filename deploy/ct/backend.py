"""What `ct` needs of a place that runs the platform. Compose is one; processes of one host are another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

KEPT = "kept"
"""The health of a server that runs without traffic, for a rollback."""


@dataclass(frozen=True, slots=True)
class Instance:
    """One running process, as its place sees it."""

    service: str
    name: str
    state: str
    """`running`, `exited` …"""
    health: str
    """`healthy`, `unhealthy`, `starting`, or empty where nothing checks."""
    release: str = ""

    @property
    def well(self) -> bool:
        return self.state == "running" and self.health in ("", "healthy", KEPT)


class Backend(Protocol):
    """A place that runs the platform, for the commands that look at it, and the one that ends it."""

    def check(self) -> str:
        """Returns the place's version. Raises Stopped (DEPENDENCY) if it doesn't answer."""

    def stop(self) -> None:
        """Stops everything, and keeps the data."""

    def instances(self) -> list[Instance]:
        """Returns what runs now."""

    def wanted(self) -> Mapping[str, int]:
        """Returns how many processes of each service must run here."""

    def logs(self, services: Sequence[str], *, follow: bool, lines: int) -> None:
        """Becomes the program that shows the logs."""

    def manage(self, command: Sequence[str]) -> None:
        """Becomes a command of manage.py, with the application's login."""

    def backup(self, words: Sequence[str]) -> None:
        """Becomes `manage.py backup`, with the login that may read everything."""

    def base_backup(self, words: Sequence[str]) -> None:
        """Becomes `manage.py base_backup`, with the owner's login."""

    def restore(self, words: Sequence[str]) -> None:
        """Becomes `manage.py restore`, with the owner's login. The site need not stop."""

    def ask(self, command: Sequence[str]) -> str:
        """Runs a command of manage.py with the application's login, and returns its output. Raises Stopped."""


class Whole(Backend, Protocol):
    """A place that `ct up` starts whole. Each method may be called again after a `kill -9` at any moment."""

    def obtain(self, release: str) -> None:
        """Gets the program of a release: builds or pulls an image, or installs it."""

    def certificate(self, release: str, hosts: Sequence[str]) -> str:
        """Returns a certificate for tests, as JSON: see cryptotrader/start/certificate.py."""

    def start_stores(self) -> None:
        """Starts PostgreSQL and both Redis, waits until they answer, and sets the passwords of the logins."""

    def migrate(self, release: str) -> None:
        """Brings the database up to date with the owner's login."""

    def check_deployment(self, release: str) -> None:
        """Runs `check --deploy` with the application's login. Raises Stopped if it finds anything."""

    def start(self, release: str) -> None:
        """Starts all processes and nginx, and waits until they are well."""

    def reload_proxy(self) -> None:
        """Lets nginx test its files, then read them again. Raises Stopped, and changes nothing, if they are wrong."""
