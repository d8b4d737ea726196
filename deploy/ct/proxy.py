"""nginx's configuration: the templates of deploy/nginx with the words of this environment."""

import ipaddress
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from deploy.ct import files
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.settings import DEPLOY, Settings

TEMPLATES = DEPLOY / "nginx"
_WORD = re.compile(r"\{\{ (\w+) \}\}")


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where nginx finds its files, and where it listens."""

    directory: str = "/etc/cryptotrader"
    tls: str = "/etc/cryptotrader-tls"
    acme: str = "/srv/acme"
    kept_static: str = "/srv/static"
    runtime: str = "/tmp"  # noqa: S108  (of its container, in memory)
    https_listen: str = "8443"
    http_listen: str = "8080"
    status_listen: str = "8081"
    access_log: str = "/dev/stdout"
    before_1_25: bool = False
    """Whether nginx is older than 1.25.1, as Debian 12's: it has no directive `http2`."""


def render(target: Path, settings: Settings, proxy: Proxy) -> list[str]:
    """Writes the configuration, without the upstreams. Returns the names of the changed files.

    Raises Stopped for a network that is none, or for a template with an unknown word.
    """
    words = _words(settings, proxy)
    changed = []
    for template in sorted(path for path in TEMPLATES.rglob("*") if path.is_file()):
        name = template.relative_to(TEMPLATES)
        files.readable((target / name).parent)
        if files.write(target / name, fill(template.read_text(encoding="utf-8"), words)):
            changed.append(str(name))
    return changed


def fill(text: str, words: Mapping[str, str]) -> str:
    """Returns a template with its words. Raises Stopped for an unknown one."""
    unknown = {name for name in _WORD.findall(text) if name not in words}
    if unknown:
        raise Stopped(f"nginx's templates have unknown words: {', '.join(sorted(unknown))}")
    return _WORD.sub(lambda match: words[match[1]], text)


def _words(settings: Settings, proxy: Proxy) -> dict[str, str]:
    inside = [*_networks(settings, "EDGE_SUBNET", "172.31.241.0/24"), "127.0.0.1"]
    return {
        "directory": proxy.directory,
        "tls": proxy.tls,
        "acme": proxy.acme,
        "kept_static": proxy.kept_static,
        "runtime": proxy.runtime,
        "access_log": proxy.access_log,
        "https_listen": proxy.https_listen,
        "http_listen": proxy.http_listen,
        "http2_listen": " http2" if proxy.before_1_25 else "",
        "http2": "" if proxy.before_1_25 else "http2 on;",
        "site_url": settings.site_url,
        "server_names": " ".join(_names(settings)),
        "hsts_seconds": str(settings.whole("SECURE_HSTS_SECONDS", 31_536_000)),
        "real_addresses": "\n".join(f"set_real_ip_from {network};" for network in _networks(settings, "TRUSTED_CDN")),
        "workers": str(settings.whole("NGINX_WORKERS", 2, least=1)),
        "requests_a_second": str(settings.whole("REQUESTS_A_SECOND", 200, least=1)),
        "requests_burst": str(settings.whole("REQUESTS_BURST", 400)),
        "connections_an_address": str(settings.whole("CONNECTIONS_AN_ADDRESS", 1000, least=1)),
        "admin_networks": _only(_networks(settings, "ADMIN_NETWORKS")),
        "status_server": _status(proxy.status_listen, inside),
    }


def _names(settings: Settings) -> list[str]:
    """The site's host, and those of ALLOWED_HOSTS without addresses, which have no certificate.

    A name that begins with a dot has the name itself too. Told twice, nginx would leave out all names below it.
    """
    words = [word.strip() for word in settings.get("ALLOWED_HOSTS").split(",") if word.strip()]
    names = [settings.host, *(word for word in words if re.fullmatch(r"[a-z0-9.-]*[a-z][a-z0-9.-]*", word))]
    return [name for name in dict.fromkeys(names) if f".{name}" not in names]


def _networks(settings: Settings, name: str, default: str = "") -> list[str]:
    words = [word.strip() for word in settings.get(name, default).split(",") if word.strip()]
    try:
        return [str(ipaddress.ip_network(word)) for word in words]
    except ValueError as error:
        raise Stopped(f"{name} must be networks such as 10.0.0.0/8,::1: {error}", Exit.USAGE) from error


def _only(networks: Sequence[str]) -> str:
    """The rules that let only these networks in; none, if there are none."""
    rules = [f"allow {network};" for network in networks] + (["deny all;"] if networks else [])
    return "\n".join(f"        {rule}" for rule in rules)


def _status(listen: str, inside: Sequence[str]) -> str:
    """The counts of connections, for an exporter inside."""
    allowed = "".join(f"            allow {network};\n" for network in inside)
    return (
        f"    server {{\n        listen {listen};\n        access_log off;\n        location = /status {{\n"
        f"{allowed}            deny all;\n            stub_status;\n        }}\n        location / {{\n"
        "            return 404;\n        }\n    }"
    )
