"""API keys: what one may be like, and how one proves itself."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput, Refusal, mark
from accounts.domain.texts import storable

NAME_LENGTH_MAX = 60
NETWORKS_MAX = 20
SIGNATURE_WINDOW = timedelta(seconds=5)
"""How far a request's timestamp may be from the server's clock."""

USE_NOTED_EVERY = timedelta(minutes=1)
"""The last use of a key is written down this often and no oftener: reading must not cost a write."""

KEY_START = "ct_"
_TOKEN = re.compile(r"ct_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_TIMESTAMP = re.compile(r"[0-9]{10,14}")


class TooManyKeys(Refusal):
    code, status = "too-many-api-keys", 409
    title = mark("You have as many API keys as one person may have: revoke one first")


class InvalidKey(Refusal):
    code, status = "invalid-api-key", 401
    title = mark("This API key is not valid or no longer valid")


class InvalidSignature(Refusal):
    code, status = "invalid-signature", 401
    title = mark("The request's signature is wrong or too old")


class SignatureUsed(Refusal):
    code, status = "signature-used", 401
    title = mark("This very request was sent before")


class AddressNotAllowed(Refusal):
    code, status = "address-not-allowed", 403
    title = mark("This API key may not be used from here")


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """A key that somebody wants. `signs`: it never sends its secret, but signs with it (HMAC)."""

    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    signs: bool = False


def key_terms(
    *,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str],
    expires_at: datetime | None,
    signs: bool,
    now: datetime,
) -> KeyTerms:
    """These terms, each network as a CIDR. Raises InvalidInput naming each field that is wrong."""
    scopes, networks = list(scopes), [network.strip() for network in networks]
    errors = []
    if not name.strip() or len(name.strip()) > NAME_LENGTH_MAX or not storable(name):
        errors.append(FieldError("name", "invalid", f"1 to {NAME_LENGTH_MAX} characters"))
    if not scopes or not set(scopes) <= set(Scope):
        errors.append(FieldError("scopes", "invalid", f"one or more of {', '.join(Scope)}"))
    cidrs = [_cidr(network) for network in networks]
    if None in cidrs or len(cidrs) > NETWORKS_MAX:
        errors.append(
            FieldError("networks", "invalid", f"at most {NETWORKS_MAX} addresses or networks like 192.0.2.0/24")
        )
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", "not-in-the-future", "must be later than now"))
    if errors:
        raise InvalidInput(fields=tuple(errors))
    known = tuple(scope for scope in Scope if scope in scopes)
    return KeyTerms(name.strip(), known, tuple(dict.fromkeys(c for c in cidrs if c)), expires_at, signs)


def _cidr(text: str) -> str | None:
    if "%" in text:
        return None
    try:
        return str(_as_reached(ip_network(text)))
    except ValueError:
        return None


def _as_reached(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """Some write, and some servers report, an IPv4 address inside IPv6 (`::ffff:192.0.2.1`): it means the same."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return ip_network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


def admits(networks: Iterable[str], address: str) -> bool:
    """Whether a key with these networks may be used from there; without any it may from everywhere."""
    listed = [_as_reached(ip_network(network)) for network in networks]
    if not listed:
        return True
    try:
        caller = _as_reached(ip_network(ip_address(address.partition("%")[0])))
    except ValueError:
        return False
    return any(caller.network_address in network for network in listed)


def token_of(prefix: str, secret: str) -> str:
    """What a key that doesn't sign is sent as."""
    return f"ct_{prefix}_{secret}"


def token_parts(token: str) -> tuple[str, str] | None:
    """The prefix and the secret of such a token; None for anything else."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def secret_hash(secret: str) -> str:
    """How a secret is kept. It is random and long: no need for a slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature_of(secret: str, *, timestamp: str, method: str, path: str, body: bytes) -> str:
    """Hex HMAC-SHA256 of timestamp, method, path with query, and the hex SHA-256 of the body, one after the other."""
    message = f"{timestamp}{method}{path}{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret.encode(), message.encode(), hashlib.sha256).hexdigest()


def check_timestamp(timestamp: str, now: datetime) -> None:
    """Raises InvalidSignature unless it is milliseconds since 1970, at most 5 seconds from now."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise InvalidSignature("X-Timestamp must be milliseconds since 1970")
    if abs(now.timestamp() * 1000 - int(timestamp)) > SIGNATURE_WINDOW.total_seconds() * 1000:
        raise InvalidSignature("X-Timestamp is more than 5 seconds from the server's clock")
