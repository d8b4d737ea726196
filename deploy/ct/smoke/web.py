"""A small HTTPS client: it tells what came back, also when that is a refusal, and follows no redirect."""

import http.client
import json
import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.ct.settings import Settings

TIMEOUT_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one request; the names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    text: str
    all_headers: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> dict[str, Any]:
        """The JSON object of the answer. Raises ValueError if it is none."""
        found = json.loads(self.text)
        if not isinstance(found, dict):
            raise ValueError(  # noqa: TRY004  (the text is wrong, not a type of ours)
                f"not an object: {self.text[:100]}"
            )
        return found


@dataclass(frozen=True, slots=True)
class Web:
    """A site. `connect_to` reaches it at another address than that of its name; the certificate must fit the name."""

    url: str
    authority: Path | None = None
    connect_to: tuple[str, int] | None = None
    context: ssl.SSLContext = field(init=False)

    def __post_init__(self) -> None:
        context = ssl.create_default_context(cafile=str(self.authority) if self.authority else None)
        object.__setattr__(self, "context", context)

    @classmethod
    def of(cls, settings: Settings) -> "Web":
        """Returns the site of an environment on this host, by its published port."""
        authority = settings.state / "tls" / "authority.crt"
        address = settings.get("BIND_ADDRESS", "127.0.0.1")
        host = "127.0.0.1" if address in ("0.0.0.0", "::") else address  # noqa: S104
        port = settings.port("HTTPS_PORT", 443)
        return cls(settings.site_url, authority if authority.exists() else None, (host, port))

    @property
    def host(self) -> str:
        return urlsplit(self.url).hostname or ""

    @property
    def address(self) -> tuple[str, int]:
        return self.connect_to or (self.host, urlsplit(self.url).port or 443)

    def get(self, path: str, **headers: str) -> Answer:
        """Asks for a path."""
        return self.ask("GET", path, headers=headers)

    def post(self, path: str, body: object, headers: Mapping[str, str]) -> Answer:
        """Sends JSON."""
        return self.ask("POST", path, headers={"Content-Type": "application/json", **headers}, body=json.dumps(body))

    def ask(self, method: str, path: str, *, headers: Mapping[str, str], body: str | None = None) -> Answer:
        """Sends one request over TLS. Raises OSError if nobody answers, or the certificate is wrong."""
        connection = _Secure(self)
        try:
            connection.request(method, path, body, {"Host": urlsplit(self.url).netloc, **headers})
            return _read(connection.getresponse())
        except http.client.HTTPException as error:
            raise OSError(f"no HTTP: {error!r}") from error
        finally:
            connection.close()

    def ask_in_the_clear(self, path: str, port: int) -> Answer:
        """Asks the port without TLS."""
        connection = http.client.HTTPConnection(self.address[0], port, timeout=TIMEOUT_SECONDS)
        try:
            connection.request("GET", path, headers={"Host": self.host})
            return _read(connection.getresponse())
        except http.client.HTTPException as error:
            raise OSError(f"no HTTP: {error!r}") from error
        finally:
            connection.close()


class _Secure(http.client.HTTPSConnection):
    """TLS to the name of the site, wherever it is reached."""

    def __init__(self, web: Web) -> None:
        super().__init__(*web.address, timeout=TIMEOUT_SECONDS, context=web.context)
        self._web = web

    def connect(self) -> None:
        http.client.HTTPConnection.connect(self)
        self.sock = self._web.context.wrap_socket(self.sock, server_hostname=self._web.host)


def _read(response: http.client.HTTPResponse) -> Answer:
    pairs = tuple((name.lower(), value) for name, value in response.getheaders())
    return Answer(response.status, dict(pairs), response.read().decode("utf-8", "replace"), pairs)
