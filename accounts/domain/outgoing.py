"""Which addresses of people the platform calls, for webhooks and pushes: public ones.

So nobody reaches the operator's own network through us.
"""

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from socket import inet_aton
from urllib.parse import urlsplit

from accounts.domain.errors import FieldError, InvalidInput, mark
from accounts.domain.texts import is_plain

URL_LENGTH_MAX = 1000
NOT_CALLED = "not-called"
"""The code of an address that can be read, and that the platform would never call."""
Network = IPv4Network | IPv6Network
_EMBEDDING = (
    IPv6Network("64:ff9b::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2002::/16"),
    IPv6Network("2001::/32"),
    IPv6Network("::/96"),
)
"""An IPv4 address inside an IPv6 one leads to a network that only the translator knows."""


class Unreachable(Exception):
    """The platform doesn't call this address; the text says why, for a log that its owner reads."""


def check_url(text: str, *, field: str, allowed: Iterable[Network]) -> str:
    """Returns an address to call: a host, no credentials, no fragment; `https`, unless the operator has `allowed` some.

    A host that is an address by itself must be one that is called. The address of a name can be another one at each
    call, and is looked at there. Raises InvalidInput for the field.
    """
    if len(text) > URL_LENGTH_MAX or not text.isascii() or not is_plain(text) or any(sign.isspace() for sign in text):
        raise _invalid(field, "an address of at most 1000 ASCII characters")
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError as error:
        raise _invalid(field, "an address such as https://bot.example/hook") from error
    if parts.scheme not in ("https", "http") or not parts.hostname or "\\" in text:
        raise _invalid(field, "an address such as https://bot.example/hook")
    if parts.username is not None or parts.password is not None or parts.fragment:
        raise _invalid(field, "no name, no password and no fragment")
    if port is not None and not (port in (80, 443) or 1024 <= port <= 65535):
        raise _invalid(field, "port 443 or 80, or one from 1024 on")
    try:
        _check_host(parts.hostname, parts.scheme, list(allowed))
    except Unreachable as error:
        raise _invalid(field, str(error), NOT_CALLED) from error
    return text


def _check_host(host: str, scheme: str, allowed: list[Network]) -> None:
    literal = _literal(host)
    if literal is not None:
        chosen([literal], scheme=scheme, allowed=allowed)
    elif scheme != "https" and not allowed:
        raise Unreachable(mark("https is required"))


def _literal(host: str) -> str | None:
    """The address that a host is by itself, without a question to anybody; None for any other name.

    Resolvers read old ways to write one too: a whole number, octal and hexadecimal parts, fewer parts than four.
    """
    name = host.lower().removesuffix(".")
    if name == "localhost" or name.endswith(".localhost"):
        return "127.0.0.1"
    try:
        return str(ip_address(name.partition("%")[0]))
    except ValueError:
        pass
    try:
        return str(IPv4Address(inet_aton(name)))
    except OSError:
        return None


def _invalid(field: str, message: str, code: str = "invalid") -> InvalidInput:
    return InvalidInput(fields=(FieldError(field, code, message),))


def chosen(found: Iterable[str], *, scheme: str, allowed: Iterable[Network]) -> str:
    """Returns the address to call, of those that a host has.

    Each of them must be public, or in a network that the operator allows; over plain `http` it must be in one of these.
    Raises Unreachable.
    """
    own = list(allowed)
    addresses = [ip_address(text.partition("%")[0]) for text in found]
    if not addresses:
        raise Unreachable(mark("the host has no address"))
    for address in addresses:
        if any(address in network for network in own):
            continue
        if not _is_public(address):
            raise Unreachable(mark("the host has an address that isn't public"))
        if scheme != "https":
            raise Unreachable(mark("https is required"))
    return str(addresses[0])


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped is not None:
            return False
        if any(address in network for network in _EMBEDDING):
            return False
    return address.is_global and not address.is_multicast and not address.is_reserved
