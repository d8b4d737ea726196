"""Calls addresses that people have given, those of webhooks and of push services, by HTTP.

Each host is resolved once, and its checked address is called. No redirect is followed, no proxy is used, and of the
answer only its status is read.
"""

import asyncio
import socket
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from ipaddress import IPv4Network, IPv6Network
from typing import Protocol
from uuid import UUID

import httpx

from accounts.domain.outgoing import Unreachable, chosen

Network = IPv4Network | IPv6Network
SECONDS_MAX = 10.0
"""From the question for the host's address to the status of the answer."""


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


def call_outgoing(calls: Mapping[UUID, Outgoing], *, allowed: Iterable[Network]) -> dict[UUID, Answered]:
    """Make all calls side by side, each in ten seconds at most; networks of the operator's own may be `allowed`."""
    return asyncio.run(_call_all(calls, list(allowed))) if calls else {}


async def _call_all(calls: Mapping[UUID, Outgoing], allowed: list[Network]) -> dict[UUID, Answered]:
    async with httpx.AsyncClient(trust_env=False, follow_redirects=False, timeout=SECONDS_MAX) as client:
        answers = await asyncio.gather(*(_answer(client, call, allowed) for call in calls.values()))
    return dict(zip(calls, answers, strict=True))


async def _answer(client: httpx.AsyncClient, call: Outgoing, allowed: list[Network]) -> Answered:
    try:
        async with asyncio.timeout(SECONDS_MAX):
            return await _post(client, call, allowed)
    except TimeoutError:
        return Answered(None, "no answer within 10 seconds")
    except Unreachable as error:
        return Answered(None, str(error))
    except (httpx.HTTPError, httpx.InvalidURL, OSError, UnicodeError, ValueError) as error:
        return Answered(None, type(error).__name__)


async def _post(client: httpx.AsyncClient, call: Outgoing, allowed: list[Network]) -> Answered:
    url = httpx.URL(call.url)
    address = chosen(await _addresses(url), scheme=url.scheme, allowed=allowed)
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
        return Answered(response.status_code, "a redirect isn't followed")
    return Answered(response.status_code, "" if response.is_success else response.reason_phrase[:200])


async def _addresses(url: httpx.URL) -> list[str]:
    port = url.port or (443 if url.scheme == "https" else 80)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(url.host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Unreachable("the host isn't known") from error
    return [str(address[0]) for _family, _kind, _protocol, _name, address in found]
