"""A client can't forge its address or scheme; behind a trusted proxy the right ones reach every part."""

from ipaddress import ip_network
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings

from cryptotrader.middleware.proxies import ProxyMiddleware, behind_proxies, client_address, parse_address

PROXY = "10.0.0.1"


@pytest.fixture(autouse=True)
def _our_proxies(settings: Settings) -> None:
    settings.TRUSTED_PROXIES = [ip_network("10.0.0.0/8"), ip_network("fd00::/8")]


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("192.0.2.7", "", "192.0.2.7"),
        ("192.0.2.7", "198.51.100.1", "192.0.2.7"),  # a stranger may claim anything
        (PROXY, "", PROXY),
        (PROXY, "192.0.2.7", "192.0.2.7"),
        (PROXY, "198.51.100.1, 192.0.2.7", "192.0.2.7"),  # the client's own claim is to the left
        (PROXY, "127.0.0.1, 192.0.2.7, 10.2.2.2", "192.0.2.7"),
        (PROXY, "10.3.3.3, 10.2.2.2", "10.3.3.3"),  # from inside
        (PROXY, "192.0.2.7:51234", "192.0.2.7"),
        (PROXY, "2001:db8::7", "2001:db8::7"),
        (PROXY, "[2001:db8::7]:51234", "2001:db8::7"),
        (PROXY, "[2001:db8::7]", "2001:db8::7"),
        (PROXY, "::ffff:192.0.2.7", "192.0.2.7"),
        ("::ffff:10.0.0.1", "192.0.2.7", "192.0.2.7"),
        ("fd00::1", "2001:db8::7", "2001:db8::7"),
        (PROXY, "192.0.2.7, nonsense", PROXY),
        (PROXY, "192.0.2.7, nonsense, 10.2.2.2", "10.2.2.2"),
        (PROXY, "192.0.2.7,", PROXY),
        (PROXY, ",,,", PROXY),
        (PROXY, "unknown", PROXY),
        (PROXY, "fe80::1%eth0", PROXY),
        (PROXY, "192.0.2.7; DROP TABLE", PROXY),
        (PROXY, "１９２.0.2.7", PROXY),
        (PROXY, "198.51.100.1, " * 5000 + "192.0.2.7", "192.0.2.7"),
        ("", "192.0.2.7", ""),
        ("unix:", "192.0.2.7", "unix:"),
    ],
)
def test_the_client_is_the_nearest_hop_that_is_no_proxy_of_ours(peer: str, forwarded: str, client: str) -> None:
    assert client_address(peer, forwarded) == client


@pytest.mark.parametrize("text", ["", " ", "[", "[]", "[::1", ":", "::1:2:3:4:5:6:7:8", "1.2.3", "0x7f.1", "[x]:1"])
def test_what_is_no_address_is_none(text: str) -> None:
    assert parse_address(text) is None or str(parse_address(text)) == "::1"


@pytest.mark.parametrize(
    ("peer", "proto", "secure"),
    [
        (PROXY, "https", True),
        (PROXY, "HTTPS", True),
        (PROXY, "http", False),
        (PROXY, "https, http", False),
        (PROXY, "", False),
        ("192.0.2.7", "https", False),
        ("", "https", False),
    ],
)
def test_only_a_trusted_proxy_says_that_it_was_tls(peer: str, proto: str, secure: bool) -> None:
    request = RequestFactory().get("/", REMOTE_ADDR=peer, headers={"X-Forwarded-Proto": proto})
    seen: list[HttpRequest] = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request)
        return HttpResponse()

    ProxyMiddleware(view)(request)
    assert seen[0].is_secure() is secure


def test_no_header_stands_for_the_scheme() -> None:
    request = RequestFactory().get("/", headers={"Cryptotrader-Scheme": "https"})
    assert not request.is_secure()


def test_it_is_in_force(db: None, settings: Settings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    forwarded = {"X-Forwarded-For": "192.0.2.7", "X-Forwarded-Proto": "https"}
    assert Client(REMOTE_ADDR=PROXY).get("/accounts/login/", headers=forwarded).status_code == 200
    assert Client(REMOTE_ADDR="192.0.2.9").get("/accounts/login/", headers=forwarded).status_code == 301


def test_metrics_are_for_neighbours_and_not_for_those_whom_a_trusted_proxy_brings(db: None, settings: Settings) -> None:
    settings.METRICS_NETWORKS = [ip_network("10.0.0.0/8")]
    assert Client(REMOTE_ADDR=PROXY).get("/metrics").status_code == 200
    for forwarded in ("192.0.2.7", "10.2.2.2"):
        headers = {"X-Forwarded-For": forwarded}
        assert Client(REMOTE_ADDR=PROXY).get("/metrics", headers=headers).status_code == 404


@pytest.mark.parametrize(("peer", "client", "scheme"), [(PROXY, "192.0.2.7", "wss"), ("192.0.2.9", "192.0.2.9", "ws")])
async def test_sockets_are_told_the_same(peer: str, client: str, scheme: str) -> None:
    seen: list[dict[str, Any]] = []

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        seen.append(scope)

    headers = [
        (b"x-forwarded-for", b"198.51.100.1"),
        (b"x-forwarded-for", b"192.0.2.7"),
        (b"x-forwarded-proto", b"https"),
    ]
    scope = {"type": "websocket", "client": (peer, 4711), "scheme": "ws", "headers": headers}
    await behind_proxies(application)(scope, None, None)
    assert (seen[0]["client"][0], seen[0]["scheme"]) == (client, scheme)
