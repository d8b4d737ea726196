"""Typed readers of the environment. A wrong or missing variable stops the process, and the error names it."""

import os
import re
from collections.abc import Collection, Mapping
from datetime import time
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.core.exceptions import ImproperlyConfigured

from accounts.domain.networks import parse_network
from accounts.domain.notation import parse_whole

_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(r"[a-z0-9.-]+|[0-9a-f:.]+")  # an international name as punycode, as browsers send it
_YES, _NO = ("1", "true", "yes", "on"), ("0", "false", "no", "off")


def text(name: str, default: str | None = None) -> str:
    """Returns NAME, or the content of the file in NAME_FILE (Docker and Kubernetes secrets).

    Raises ImproperlyConfigured with the variable's name if both are missing or empty and there is no default.
    """
    path = os.environ.get(f"{name}_FILE")
    value = _content(f"{name}_FILE", path) if path else os.environ.get(name, default)
    # An empty secret is no secret: compose files pass unset variables on as empty ones.
    if value is None or (not value and default is None):
        raise ImproperlyConfigured(f"{name} is not set: see .env.example")
    return value


def _content(name: str, path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"{name} can't be read: {error}") from error


def flag(name: str, default: bool = False) -> bool:
    """Whether NAME is 1, true, yes or on. Raises ImproperlyConfigured for a word that means neither yes nor no."""
    value = text(name, "").lower()
    if value and value not in _YES + _NO:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(_YES + _NO)}")
    return value in _YES if value else default


def integer(name: str, default: int, *, least: int = 0) -> int:
    """Returns NAME as a whole number, or the default if it is empty, as compose files pass unset variables on.

    Raises ImproperlyConfigured if it isn't one, or less than `least`.
    """
    number = parse_whole(text(name, "") or str(default))
    if number is None or number < least:
        raise ImproperlyConfigured(f"{name} must be a whole number from {least} on")
    return number


def matching(name: str, default: str | None, form: str, example: str) -> str:
    """Returns NAME. Raises ImproperlyConfigured if it doesn't match the pattern `form`, and shows the example."""
    value = text(name, default)
    if not re.fullmatch(form, value):
        raise ImproperlyConfigured(f"{name} must be such as {example}")
    return value


def secrets(name: str) -> list[str]:
    """Returns NAME split at commas. Raises ImproperlyConfigured if one is empty: its lock would open with nothing."""
    values = [value.strip() for value in text(name).split(",")]
    if not all(values):
        raise ImproperlyConfigured(f"{name} has an empty part between its commas")
    return values


def origins(name: str) -> list[str]:
    """Returns NAME as origins, with commas. Raises ImproperlyConfigured as `origin`."""
    return [_origin(name, word) for word in words(name)]


def at_least(name: str, default: int, least: int) -> int:
    """Returns NAME as a whole number of at least `least`. Raises ImproperlyConfigured if it isn't one."""
    value = integer(name, default)
    if value < least:
        raise ImproperlyConfigured(f"{name} must be at least {least}")
    return value


def words(name: str, default: str = "") -> list[str]:
    """Returns NAME split at commas, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Returns NAME as networks or single addresses, with commas. Raises ImproperlyConfigured for an invalid one."""
    found = [parse_network(word) for word in words(name, default)]
    if None in found:
        raise ImproperlyConfigured(f"{name} must be networks such as 10.0.0.0/8,::1")
    return [network for network in found if network]


def places(name: str, default: str) -> dict[str, Path]:
    """Returns NAME, written `data=/srv/data,backups=/mnt/backups`, as paths by their names.

    Raises ImproperlyConfigured for one without a name or with a path that isn't absolute.
    """
    pairs = [word.partition("=") for word in words(name, default)]
    wrong = [key + equals + path for key, equals, path in pairs if not key.isidentifier() or not path.startswith("/")]
    if wrong:
        raise ImproperlyConfigured(f"{name} must be names and paths such as data=/srv/data; not {', '.join(wrong)}")
    return {key: Path(path) for key, _, path in pairs}


def choices(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Returns NAME split at commas. Raises ImproperlyConfigured for an unknown word."""
    chosen = tuple(dict.fromkeys(words(name)))
    unknown = [word for word in chosen if word not in known]
    if unknown:
        raise ImproperlyConfigured(f"{name} knows {', '.join(known)}; not {', '.join(unknown)}")
    return chosen


def address(name: str) -> tuple[str, int] | None:
    """Returns NAME, written `10.0.0.5:9100` or `[::1]:9100`, as a host and a port; None if it isn't set."""
    value = text(name, "")
    if not value:
        return None
    try:
        parts = urlsplit(f"//{value}")
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    if not host or not port or parts.path:
        raise ImproperlyConfigured(f"{name} must be an address such as 127.0.0.1:9100, not {value}")
    return host, port


def origin(name: str, default: str | None = None) -> str:
    """Returns NAME as a scheme, a host and, unless it is the usual one, a port: `https://flash.example`.

    Raises ImproperlyConfigured if it has anything else, such as a path.
    """
    return _origin(name, text(name, default))


def _origin(name: str, value: str) -> str:
    try:
        parts = urlsplit(value)
        host, port = parts.hostname, parts.port
    except ValueError:
        host, port = None, None
    is_origin = host and "@" not in parts.netloc and not parts.path.strip("/") and not parts.query + parts.fragment
    if not is_origin or parts.scheme not in _PORTS or not _HOST.fullmatch(host or ""):
        raise ImproperlyConfigured(f"{name} must be an origin such as https://flash.example, not {value}")
    shown = f"[{host}]" if ":" in (host or "") else host
    return f"{parts.scheme}://{shown}" + ("" if port in (None, _PORTS[parts.scheme]) else f":{port}")


def seconds(name: str, default: str) -> int:
    """Returns NAME as seconds, written as `900`, `15m`, `12h` or `7d`."""
    value = text(name, default)
    scale = {"s": 1, "m": 60, "h": 3600, "d": 86400}.get(value[-1:], 0)
    digits = value[:-1] if scale else value
    if not digits.isascii() or not digits.isdigit():
        raise ImproperlyConfigured(f"{name} must be a duration such as 900, 15m, 12h or 7d")
    return int(digits) * (scale or 1)


def time_of_day(name: str, default: str) -> time | None:
    """Returns NAME, written `02:00`; None for `never`. Raises ImproperlyConfigured for any other text."""
    value = text(name, default)
    if value == "never":
        return None
    if not re.fullmatch(r"([01][0-9]|2[0-3]):[0-5][0-9]", value):
        raise ImproperlyConfigured(f"{name} must be a time of day such as 02:00, or never")
    return time.fromisoformat(value)


def time_zone(name: str, default: str) -> ZoneInfo:
    """Returns the time zone in NAME, such as Asia/Seoul. Raises ImproperlyConfigured if it isn't known."""
    try:
        return ZoneInfo(text(name, default))
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ImproperlyConfigured(f"{name} must be a time zone such as UTC or Asia/Seoul") from error


def storage(name: str) -> str:
    """Returns NAME, the address of a directory in S3 or on an SFTP server; empty where it isn't set.

    Raises ImproperlyConfigured for another kind of address, and for a password in it.
    """
    value = text(name, "")
    try:
        parts = urlsplit(value)
        known = not value or (parts.scheme in ("s3", "sftp") and parts.hostname and not parts.query + parts.fragment)
    except ValueError:
        known = False
    if not known or parts.password:
        raise ImproperlyConfigured(
            f"{name} must be like s3://bucket/folder or sftp://user@host/folder, and no password"
        )
    return value.rstrip("/")


def rates(name: str, default: Mapping[str, int]) -> dict[str, int]:
    """Returns the default with the rates in NAME, written `orders=600,address=0`; 0 removes a limit.

    Raises ImproperlyConfigured for an unknown rate, or a number that is none.
    """
    chosen = dict(default)
    for word in words(name):
        rate, _, number = word.partition("=")
        if rate not in default or not number.isascii() or not number.isdigit():
            known = ", ".join(default)
            raise ImproperlyConfigured(f"{name} must be numbers for {known}, such as orders=600; not {word}")
        chosen[rate] = int(number)
    return {rate: number for rate, number in chosen.items() if number}
