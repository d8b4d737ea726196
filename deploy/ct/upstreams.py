"""The file that tells nginx which processes serve. A deployment rewrites it, and nginx reads it again."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from deploy.ct import files

NAME = "upstreams.conf"


def upstreams(pools: Mapping[str, Sequence[str]], *, resolver: str = "", choice: str = "") -> str:
    """Returns the file's text: a group of servers for each pool, and the pools that serve.

    `pools` has `web` and `stream` with their servers, `host:port`. `resolver` is the address of a name server that
    nginx asks again and again (nginx 1.27.3 and newer); without it, nginx asks once, when it loads the file. `choice`
    replaces the maps that set $web_pool, $stream_pool and $pool_cookie, for a deployment that splits the traffic.
    """
    lines = ["# Written by ct. $web_pool and $stream_pool name the groups that serve."]
    if resolver:
        lines.append(f"resolver {resolver} valid=5s ipv6=off;")
    for name, servers in pools.items():
        resolves = " resolve" if resolver else ""
        lines += [
            f"upstream {name} {{",
            f"    zone {name} 256k;",
            *(f"    server {server}{resolves} max_fails=3 fail_timeout=5s;" for server in servers),
            "    keepalive 32;",
            "}",
        ]
    return "\n".join([*lines, choice or CHOICE]) + "\n"


CHOICE = """\
map "" $web_pool {
    default web;
}
map "" $stream_pool {
    default stream;
}
map "" $pool_cookie {
    default "";
}"""


def write_upstreams(directory: Path, text: str) -> bool:
    """Writes the file beside nginx's other ones. Returns whether it has changed; then nginx must reload."""
    directory.mkdir(parents=True, exist_ok=True)
    return files.write(directory / NAME, text)
