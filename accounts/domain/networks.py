"""The notation of addresses and networks, one for settings and API keys."""

import re
from ipaddress import IPv4Network, IPv6Network, ip_network

Network = IPv4Network | IPv6Network

_FORM = re.compile(r"[0-9a-f.:]+(/(0|[1-9][0-9]{0,2}))?", re.ASCII | re.IGNORECASE)


def parse_network(text: str) -> Network | None:
    """Returns the network of an address or of a CIDR such as `192.0.2.0/24`; None for any other text.

    Python's own parser reads more, and some of it otherwise than its writer: `0.0.0.255` behind the slash is a mask of
    ones, or a wildcard; `/032` looks octal; `%eth0` names an interface of ours. Bits beyond the prefix are refused too.
    """
    if not _FORM.fullmatch(text):
        return None
    try:
        return ip_network(text)
    except ValueError:
        return None
