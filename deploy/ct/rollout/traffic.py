"""nginx's upstreams for one or two colours. A client stays in its colour by a cookie."""

from collections.abc import Iterable

from deploy.ct.rollout.stage import SERVERS, Server, Traffic
from deploy.ct.rollout.state import Colour

COOKIE = "release"


def pool(colour: Colour, service: str) -> str:
    """Returns the name of an upstream."""
    return f"{service}_{colour}"


def pools(servers: Iterable[tuple[Colour, Server]], *, without: frozenset[str] = frozenset()) -> dict[str, list[str]]:
    """Returns the addresses of each upstream, without the servers of these names."""
    found: dict[str, list[str]] = {}
    for colour, server in servers:
        if server.name not in without:
            found.setdefault(pool(colour, server.service), []).append(server.address)
    return found


def choice(traffic: Traffic) -> str:
    """Returns the maps that choose an upstream.

    A client's number decides, by a hash: it comes by a cookie, else each request has its own. The canary's share is
    always the beginning of the hash, so a larger share keeps those who were in the smaller one.
    """
    cookie = f"$cookie_{COOKIE}"
    lines = [
        f'map {cookie} $client_number {{\n    default $request_id;\n    "~^[0-9a-f]{{32}}$" {cookie};\n}}',
    ]
    for service in SERVERS:
        share = f"    {traffic.percent}% {pool(traffic.canary, service)};\n" if traffic.canary else ""
        rest = f"    * {pool(traffic.main, service)};\n"
        lines.append(f"split_clients $client_number ${service}_pool {{\n{share}{rest}}}")
    given = (
        f'"{COOKIE}=$client_number; Path=/; Max-Age=86400; Secure; HttpOnly; SameSite=Lax"' if traffic.canary else '""'
    )
    lines.append(f'map $cookie_{COOKIE} $pool_cookie {{\n    default "";\n    "" {given};\n}}')
    return "\n".join(lines)
