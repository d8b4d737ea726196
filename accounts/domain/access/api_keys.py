"""API keys: the terms of a key, and the checks of its secret, signature and network."""

import hashlib
import hmac
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from accounts.domain.access.key_limits import NO_KEY_LIMITS, KeyLimits
from accounts.domain.access.scopes import Scope
from accounts.domain.errors import FieldError, InvalidInput, Refusal, mark
from accounts.domain.networks import parse_network
from accounts.domain.texts import is_plain

NAME_LENGTH_MAX = 60
NETWORKS_MAX = 20
SIGNATURE_WINDOW = timedelta(seconds=5)
"""The largest difference between a request's timestamp and the server's clock."""

USE_NOTED_EVERY = timedelta(minutes=1)
"""The last use of a key is stored at most this often: reading must not cost a write."""

IN_DOUBT = timedelta(hours=24)
"""The age up to which a key ends with the session that made it, when the password or the second factor changes."""

KEY_START = "ct_"
_TOKEN = re.compile(r"ct_([a-z0-9]{12})_([A-Za-z0-9_-]{43})")
_SIGNATURE = re.compile(r"[0-9a-fA-F]{64}")
_TIMESTAMP = re.compile(r"[1-9][0-9]{9,13}")


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
    title = mark("The same signed request was sent before")


class AddressNotAllowed(Refusal):
    code, status = "address-not-allowed", 403
    title = mark("This API key may not be used from here")


@dataclass(frozen=True, slots=True)
class KeyTerms:
    """The terms of a key that a person asks for. With `signs` it signs requests (HMAC) and never sends its secret."""

    name: str
    scopes: tuple[Scope, ...]
    networks: tuple[str, ...] = ()
    expires_at: datetime | None = None
    signs: bool = False
    limits: KeyLimits = NO_KEY_LIMITS


def key_terms(
    *,
    name: str,
    scopes: Iterable[str],
    networks: Iterable[str],
    expires_at: datetime | None,
    signs: bool,
    now: datetime,
    limits: KeyLimits = NO_KEY_LIMITS,
) -> KeyTerms:
    """Returns these terms, each network as a CIDR. Raises InvalidInput with each faulty field."""
    scopes, networks = list(scopes), [network.strip() for network in networks]
    errors = []
    if not name.strip() or len(name.strip()) > NAME_LENGTH_MAX or not is_plain(name.strip()):
        errors.append(FieldError("name", "invalid", f"1 to {NAME_LENGTH_MAX} visible characters"))
    if not scopes or not set(scopes) <= set(Scope):
        errors.append(FieldError("scopes", "invalid", f"one or more of {', '.join(Scope)}"))
    cidrs = [_cidr(network) for network in networks]
    if None in cidrs or len(cidrs) > NETWORKS_MAX:
        errors.append(
            FieldError("networks", "invalid", f"at most {NETWORKS_MAX} addresses or networks like 192.0.2.0/24")
        )
    if expires_at is not None and expires_at <= now:
        errors.append(FieldError("expires_at", "not-in-the-future", "must be later than now"))
    errors += limits.faults(trades=Scope.TRADE in scopes)
    if errors:
        raise InvalidInput(fields=tuple(errors))
    known = tuple(scope for scope in Scope if scope in scopes)
    return KeyTerms(name.strip(), known, tuple(dict.fromkeys(c for c in cidrs if c)), expires_at, signs, limits)


def _cidr(text: str) -> str | None:
    network = parse_network(text)
    return str(_as_reached(network)) if network else None


def _as_reached(network: IPv4Network | IPv6Network) -> IPv4Network | IPv6Network:
    """Converts an IPv4 address inside IPv6 (`::ffff:192.0.2.1`): some people and some servers write it so."""
    mapped = network.network_address.ipv4_mapped if isinstance(network, IPv6Network) else None
    return ip_network((mapped, network.prefixlen - 96)) if mapped and network.prefixlen >= 96 else network


def admits(networks: Iterable[str], address: str) -> bool:
    """Whether a key with these networks may be used from this address. Without networks, any address may use it."""
    listed = [_as_reached(ip_network(network)) for network in networks]
    if not listed:
        return True
    try:
        caller = _as_reached(ip_network(ip_address(address.partition("%")[0])))
    except ValueError:
        return False
    return any(caller.network_address in network for network in listed)


def token_of(prefix: str, secret: str) -> str:
    """Returns the token that a key without HMAC sends."""
    return f"ct_{prefix}_{secret}"


def token_parts(token: str) -> tuple[str, str] | None:
    """Returns the prefix and the secret of such a token; None for any other text."""
    found = _TOKEN.fullmatch(token)
    return (found[1], found[2]) if found else None


def secret_hash(secret: str) -> str:
    """Returns the stored form of a secret. The secret is random and long, so it needs no slow hash."""
    return hashlib.sha256(secret.encode()).hexdigest()


def signature_of(secret: str, *, timestamp: str, method: str, path: str, body: bytes) -> str:
    """Returns the hex HMAC-SHA256 of timestamp + method + path with query + hex SHA-256 of the body.

    Each byte of the path as it is sent is one character of `path`.
    """
    message = f"{timestamp}{method}{path}{hashlib.sha256(body).hexdigest()}"
    return hmac.new(secret.encode(), message.encode("latin-1", "replace"), hashlib.sha256).hexdigest()


def read_signature(text: str) -> str:
    """Returns a signature as `signature_of` writes it: some libraries write capitals. Raises InvalidSignature."""
    if not _SIGNATURE.fullmatch(text):
        raise InvalidSignature("X-Signature must be 64 hexadecimal digits")
    return text.lower()


def check_timestamp(timestamp: str, now: datetime) -> None:
    """Raises InvalidSignature unless it is in milliseconds since 1970 and at most 5 seconds from now."""
    if not _TIMESTAMP.fullmatch(timestamp):
        raise InvalidSignature("X-Timestamp must be milliseconds since 1970")
    if abs(now.timestamp() * 1000 - int(timestamp)) > SIGNATURE_WINDOW.total_seconds() * 1000:
        raise InvalidSignature("X-Timestamp is more than 5 seconds from the server's clock")
