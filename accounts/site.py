"""The one origin of the site. Each link that we mail, sign or answer begins with it, not with a request's Host."""

from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings


def origin() -> str:
    """Returns SITE_URL: scheme, host and, unless it is the usual one, port; no slash at the end."""
    site: str = settings.SITE_URL
    return site


def absolute(path: str) -> str:
    """Returns the address of a page: `path` begins with a slash, and may have a query."""
    return f"{origin()}{path}"


def domain() -> str | None:
    """Returns the site's domain name; None if its host is an IP address, as under `make run`."""
    host = urlsplit(origin()).hostname or ""
    try:
        ip_address(host)
    except ValueError:
        return host
    return None
