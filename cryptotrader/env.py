"""Typed readers of the environment. A wrong or missing variable stops the process, and the error names it."""

import os
import re
from collections.abc import Collection, Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured

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


def integer(name: str, default: int) -> int:
    """Returns NAME as a whole number. Raises ImproperlyConfigured if it isn't one."""
    try:
        return int(text(name, str(default)))
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number") from error


def words(name: str, default: str = "") -> list[str]:
    """Returns NAME split at commas, without blanks."""
    return [word.strip() for word in text(name, default).split(",") if word.strip()]


def networks(name: str, default: str = "") -> list[IPv4Network | IPv6Network]:
    """Returns NAME as networks or single addresses, with commas. Raises ImproperlyConfigured for an invalid one."""
    try:
        return [ip_network(word) for word in words(name, default)]
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be networks such as 10.0.0.0/8,::1: {error}") from error


def choices(name: str, known: Collection[str]) -> tuple[str, ...]:
    """Returns NAME split at commas. Raises ImproperlyConfigured for an unknown word."""
    chosen = tuple(dict.fromkeys(words(name)))
    unknown = [word for word in chosen if word not in known]
    if unknown:
        raise ImproperlyConfigured(f"{name} knows {', '.join(known)}; not {', '.join(unknown)}")
    return chosen


def origin(name: str, default: str | None = None) -> str:
    """Returns NAME as a scheme, a host and, unless it is the usual one, a port: `https://flash.example`.

    Raises ImproperlyConfigured if it has anything else, such as a path.
    """
    value = text(name, default)
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


def database(name: str = "DATABASE_URL") -> dict[str, object]:
    """Returns the Django settings of the PostgreSQL in NAME."""
    settings: dict[str, object] = environ.Env.db_url_config(text(name))
    if settings.get("ENGINE") != "django.db.backends.postgresql":
        raise ImproperlyConfigured(f"{name} must start with postgresql://")
    # A socket's directory is percent-encoded for libpq; django-environ doesn't decode it.
    settings["HOST"] = unquote(str(settings["HOST"]))
    return settings


def redis(name: str, database_number: int) -> str:
    """Returns the URL in NAME, or else in REDIS_URL, with another database number: cache and queue never share one."""
    parts = urlsplit(text(name, "") or text("REDIS_URL"))
    return urlunsplit(parts._replace(path=f"/{database_number}"))


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
