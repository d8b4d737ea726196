from ipaddress import ip_network

import pytest

from accounts.domain.errors import InvalidInput
from accounts.domain.outgoing import Unreachable, check_url, chosen

PUBLIC = ["93.184.216.34", "2606:2800:220:1:248:1893:25c8:1946"]
PRIVATE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "192.0.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
    "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:93.184.216.34", "::7f00:1",
    "64:ff9b::a00:1", "64:ff9b:1::a00:1", "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1",
]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_called(address: str) -> None:
    assert chosen([address], scheme="https", allowed=[]) == address


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_is_not_public_is_never_called_nor_a_host_that_has_one_among_others(address: str) -> None:
    for found in ([address], [PUBLIC[0], address], [address, PUBLIC[0]]):
        with pytest.raises(Unreachable, match="public"):
            chosen(found, scheme="https", allowed=[])


def test_plain_http_leads_only_into_the_operators_own_networks() -> None:
    with pytest.raises(Unreachable, match="https"):
        chosen(PUBLIC, scheme="http", allowed=[])
    own = [ip_network("10.1.0.0/16")]
    assert chosen(["10.1.2.3"], scheme="http", allowed=own) == "10.1.2.3"
    with pytest.raises(Unreachable):
        chosen(["10.2.2.3"], scheme="http", allowed=own)
    with pytest.raises(Unreachable):
        chosen([], scheme="https", allowed=own)


@pytest.mark.parametrize(
    "url",
    [
        "https://bot.example/hook", "https://bot.example:8443/a?b=c", "http://10.1.2.3/", "https://[2606::1]:443/",
        "http://bot.internal/", "https://1.1.1.1/", "https://10.example/", "https://localhost.example/",
    ],
)  # fmt: skip
def test_these_addresses_can_be_registered(url: str) -> None:
    assert check_url(url, field="url", allowed=[ip_network("10.1.0.0/16")]) == url


@pytest.mark.parametrize(
    "host",
    [
        *(f"[{address}]" if ":" in address else address for address in PRIVATE), "[fe80::1%25eth0]", "2130706433",
        "0x7f000001", "0x7f.1", "017700000001", "0177.0.0.1", "127.1", "127.0.0.1.", "0", "localhost", "LocalHost",
        "localhost.", "bot.localhost",
    ],
)  # fmt: skip
def test_a_host_that_is_never_called_is_refused_at_once(host: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url(f"https://{host}:8443/hook", field="url", allowed=[])
    assert [(fault.field, fault.code) for fault in refused.value.fields] == [("url", "not-called")]


@pytest.mark.parametrize("url", ["http://bot.example/", "http://93.184.216.34/"])
def test_plain_http_is_refused_at_once_where_the_operator_has_allowed_no_network(url: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_url(url, field="url", allowed=[])
    assert [(fault.code, fault.message) for fault in refused.value.fields] == [("not-called", "https is required")]


def test_the_operators_own_network_may_be_registered() -> None:
    own = [ip_network("127.0.0.0/8")]
    for url in ("http://127.0.0.1:9000/hook", "http://localhost:9000/hook", "https://2130706433/"):
        assert check_url(url, field="url", allowed=own) == url
    with pytest.raises(InvalidInput):
        check_url("https://10.0.0.1/", field="url", allowed=own)


@pytest.mark.parametrize(
    "url",
    [
        "", "bot.example", "ftp://bot.example/", "https://", "https:///hook", "https://a:b@bot.example/",
        "https://bot.example/#x", "https://bot.example:22/", "https://bot.example:0/", "https://bot.example:99999/",
        "https://bot.example/ x", "https://bot.example/\n", "https://봇.example/", "https://bot.example\\@127.0.0.1/",
        "https://[::1/", "javascript:alert(1)", "https://bot.example/" + "x" * 1000,
    ],
)  # fmt: skip
def test_these_can_not(url: str) -> None:
    with pytest.raises(InvalidInput):
        check_url(url, field="url", allowed=[])
