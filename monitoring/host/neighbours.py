"""Who may read metrics: programs of the operator's own networks that come straight, not through a proxy."""

import ipaddress
from collections.abc import Iterable, Mapping

PROXY_HEADERS = ("X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "X-Real-Ip", "Forwarded", "Via")
"""Each of these headers shows that the client uses a proxy."""

Networks = Iterable[ipaddress.IPv4Network | ipaddress.IPv6Network]


def is_near(address: str, headers: Mapping[str, str], networks: Networks) -> bool:
    """Whether a caller from this address, with these headers, is one of ours. Header names ignore case."""
    if any(name in headers for name in PROXY_HEADERS):
        return False
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks)
