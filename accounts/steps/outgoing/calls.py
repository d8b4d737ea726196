"""Calls addresses that people have given, those of webhooks and of push services, by HTTP.

Each host is resolved once, and its checked address is called. No redirect is followed, no proxy is used, and of the
answer only its status is read.
"""

import asyncio
import socket
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol
from uuid import UUID

import httpx

from accounts.domain.errors import mark
from accounts.domain.outgoing import Unreachable, chosen

Network = IPv4Network | IPv6Network
Tasks = set[asyncio.Task["Answered"]]
SECONDS_MAX = 10.0
"""From the question for the host's address to the status of the answer."""

NAMES_AT_ONCE = 100
"""Questions to name servers side by side: one that doesn't answer holds up no other."""


class Outgoing(Protocol):
    """A request to make by POST."""

    @property
    def url(self) -> str: ...
    @property
    def body(self) -> bytes: ...
    @property
    def headers(self) -> dict[str, str]: ...


@dataclass(frozen=True, slots=True)
class Answered:
    """The status of an answer, None without one, and the fault for a log that its owner reads."""

    status: int | None
    fault: str = ""

    @property
    def is_success(self) -> bool:
        return self.status is not None and HTTPStatus.OK <= self.status < HTTPStatus.MULTIPLE_CHOICES


class Calls:
    """Calls under way, side by side, each for ten seconds at most. Networks of the operator's own may be `allowed`.

    They go on while `ended` waits. Leaving the context breaks off the rest.
    """

    def __init__(self, *, allowed: Iterable[Network]) -> None:
        self._allowed = list(allowed)
        self._loop = asyncio.Runner()
        self._under_way: dict[asyncio.Task[Answered], UUID] = {}

    def __enter__(self) -> "Calls":
        self._names = ThreadPoolExecutor(NAMES_AT_ONCE, "names")
        self._client = httpx.AsyncClient(
            trust_env=False, follow_redirects=False, timeout=SECONDS_MAX, limits=httpx.Limits(max_connections=None)
        )
        return self

    def __exit__(self, *_: object) -> None:
        try:
            for task in self._under_way:
                task.cancel()
            self._loop.run(self._client.aclose())
        finally:
            self._loop.close()
            self._names.shutdown(wait=False, cancel_futures=True)  # a name server may keep a question for long

    def __len__(self) -> int:
        return len(self._under_way)

    def begin(self, calls: Mapping[UUID, Outgoing]) -> None:
        """Add calls under new ids."""
        self._loop.run(self._begin(calls))

    def ended(self, seconds: float) -> dict[UUID, Answered]:
        """Wait until a call ends, at most so long; return the answers of those that have ended."""
        if not self._under_way:
            return {}
        done, _ = self._loop.run(_first_of(self._under_way, seconds))
        return {self._under_way.pop(task): task.result() for task in done}

    async def _begin(self, calls: Mapping[UUID, Outgoing]) -> None:
        for id, call in calls.items():
            answer = _answer(self._client, call, self._allowed, self._names)
            self._under_way[asyncio.ensure_future(answer)] = id


async def _first_of(tasks: Iterable[asyncio.Task[Answered]], seconds: float) -> tuple[Tasks, Tasks]:
    return await asyncio.wait(tasks, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)


async def _answer(
    client: httpx.AsyncClient, call: Outgoing, allowed: list[Network], names: ThreadPoolExecutor
) -> Answered:
    try:
        async with asyncio.timeout(SECONDS_MAX):
            return await _post(client, call, allowed, names)
    except TimeoutError:
        return Answered(None, mark("no answer within 10 seconds"))
    except Unreachable as error:
        return Answered(None, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as error:
        return Answered(None, type(error).__name__)


async def _post(
    client: httpx.AsyncClient, call: Outgoing, allowed: list[Network], names: ThreadPoolExecutor
) -> Answered:
    url = httpx.URL(call.url)
    address = chosen(await _addresses(url, names), scheme=url.scheme, allowed=allowed)
    request = client.build_request(
        "POST",
        url.copy_with(host=address),
        content=call.body,
        headers={**call.headers, "Host": url.netloc.decode("ascii")},
        extensions={"sni_hostname": url.host},  # the certificate must be that of the name
    )
    response = await client.send(request, stream=True)
    await response.aclose()
    if HTTPStatus.MULTIPLE_CHOICES <= response.status_code < HTTPStatus.BAD_REQUEST:
        return Answered(response.status_code, mark("a redirect isn't followed"))
    return Answered(response.status_code, "" if response.is_success else response.reason_phrase[:200])


async def _addresses(url: httpx.URL, names: ThreadPoolExecutor) -> list[str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        ask = partial(socket.getaddrinfo, url.host, port, type=socket.SOCK_STREAM)
        found = await asyncio.get_running_loop().run_in_executor(names, ask)
    except OSError as error:
        raise Unreachable(mark("the host isn't known")) from error
    return [str(address[0]) for _family, _kind, _protocol, _name, address in found]
