"""The address of a Redis whose master may change: sentinels know the present one."""

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

SCHEME = "sentinel"
DEFAULT_PORT = 26379


@dataclass(frozen=True, slots=True)
class Sentinels:
    """`sentinel://:password@host:26379,host:26379/NAME`: the sentinels, the name of the master, and a database of it.

    The password is that of the sentinels and of the servers that they watch; empty if they have none.
    """

    hosts: tuple[tuple[str, int], ...]
    master: str
    password: str
    database: int = 0

    @classmethod
    def of(cls, url: str) -> "Sentinels | None":
        """Returns what the URL says; None if it names one server. Raises ValueError if it is wrong."""
        parts = urlsplit(url)
        if parts.scheme != SCHEME:
            return None
        login, _, places = parts.netloc.rpartition("@")
        user, _, password = login.partition(":")
        master, _, number = parts.path.strip("/").partition("/")
        hosts = tuple(_host(place) for place in places.split(","))
        if user or not master or "/" in number or parts.query or parts.fragment:
            raise ValueError("not the address of sentinels")
        return cls(hosts, unquote(master), unquote(password), int(number or "0"))


def _host(place: str) -> tuple[str, int]:
    """Raises ValueError."""
    parts = urlsplit(f"//{place}")
    if not parts.hostname or parts.username is not None or parts.path or parts.port == 0:
        raise ValueError("not a host and its port")
    return parts.hostname, parts.port or DEFAULT_PORT
