"""The configurations of the servers that stand in for one another: for processes of one host, and for containers.

`ct` fills them in too, so this needs no packages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MASTER = "cryptotrader"
"""The name of Redis' master at the sentinels."""
SCOPE = "cryptotrader"
READ_WRITE = "?target_session_attrs=read-write"
"""A node is the leader a moment before it takes writes: sessions wait for that."""

HAPROXY = """\
global
  maxconn 1000
{resolvers}defaults
  mode tcp
  timeout connect 2s
  timeout client 1h
  timeout server 1h
  timeout check 1s
  option clitcpka
  option srvtcpka
  # Patroni answers 200 to `/primary` on the node that holds the leader's key, to `/replica` on a standby.
  default-server inter 1s fastinter 500ms downinter 500ms fall 2 rise 1 on-marked-down shutdown-sessions{names}
frontend primary
  bind {bind}:{primary}
  default_backend primary
backend primary
  option httpchk OPTIONS /primary
  http-check expect status 200
{servers}
frontend replicas
  bind {bind}:{replicas}
  # Better the primary than nobody: these sessions read only.
  use_backend primary if {{ nbsrv(standbys) lt 1 }}
  default_backend standbys
backend standbys
  balance leastconn
  option httpchk OPTIONS /replica?lag=16MB
  http-check expect status 200
{servers}
"""
RESOLVERS = "resolvers names\n  parse-resolv-conf\n  hold valid 2s\n"
"""Containers get other addresses when they start again."""
SENTINEL = """\
bind {bind}
port {port}
dir {directory}
requirepass {password}
sentinel sentinel-pass {password}
{names}sentinel monitor {master} {first} 2
sentinel auth-pass {master} {password}
sentinel down-after-milliseconds {master} {down_after}
sentinel failover-timeout {master} 10000
sentinel parallel-syncs {master} 1
"""
INITDB = [
    {"encoding": "UTF8"},
    {"locale": "C"},
    {"locale-provider": "builtin"},
    {"builtin-locale": "C.UTF-8"},
    "data-checksums",
]


@dataclass(frozen=True, slots=True)
class Times:
    """Patroni's times, in seconds: a primary that doesn't renew its key for `ttl` is replaced."""

    ttl: int
    loop_wait: int
    retry_timeout: int

    def __post_init__(self) -> None:
        """Raises ValueError if a primary that reaches nobody could outlive the key that its successor gets."""
        if self.loop_wait + 2 * self.retry_timeout > self.ttl:
            raise ValueError("ttl must be at least loop_wait + 2 * retry_timeout")


TIMES = Times(ttl=8, loop_wait=2, retry_timeout=3)
"""Orders succeed again within 15 s of the loss of a machine, which consist of at most

- 8 s, in which the key ends; and up to 2 more when the leader of etcd went with the machine, because the new one has
  to be elected, and begins the time of each key anew,
- 2 s for which the successor asks a silent node whether it is further,
- 1 s until PostgreSQL takes writes, and 1 s until HAProxy has seen it,
- 1 s until a pool connects again, and 1 s until the next price.
"""


def haproxy(
    servers: Mapping[str, tuple[str, int]], bind: str, primary: int, replicas: int, *, by_name: bool = False
) -> str:
    """Returns HAProxy's configuration for nodes, by name: the address of PostgreSQL, and the port of Patroni.

    `by_name`: the addresses are names, which are asked for again and again.
    """
    lines = "\n".join(f"  server {name} {address} check port {rest}" for name, (address, rest) in servers.items())
    return HAPROXY.format(
        bind=bind,
        primary=primary,
        replicas=replicas,
        servers=lines,
        resolvers=RESOLVERS if by_name else "",
        names=" resolvers names init-addr last,libc,none" if by_name else "",
    )


def patroni(
    name: str,
    etcd: Mapping[str, Sequence[str]],
    times: Times,
    *,
    restapi: Mapping[str, Any],
    postgresql: Mapping[str, Any],
    logins: Mapping[str, Mapping[str, str]],
    network: str,
) -> dict[str, Any]:
    """Returns the settings of one node. `logins`: of `superuser` and `replication`; `network`: who may connect."""
    return {
        "scope": SCOPE,
        "name": name,
        "restapi": dict(restapi),
        **{key: {"hosts": list(hosts)} for key, hosts in etcd.items()},
        "bootstrap": {"dcs": shared(times), "initdb": INITDB},
        "postgresql": {
            **postgresql,
            "authentication": {**logins, "rewind": logins["superuser"]},
            "pg_hba": [
                f"host all all {network} scram-sha-256",
                f"host replication {logins['replication']['username']} {network} scram-sha-256",
            ],
            "parameters": {"unix_socket_directories": ""},
        },
    }


def shared(times: Times) -> dict[str, Any]:
    """Returns the settings that all nodes share; Patroni reads them once, when it makes the database."""
    return {
        "ttl": times.ttl,
        "loop_wait": times.loop_wait,
        "retry_timeout": times.retry_timeout,
        "maximum_lag_on_failover": 1_048_576,
        "primary_start_timeout": 0,
        "synchronous_mode": True,
        "synchronous_mode_strict": True,
        "postgresql": {
            "use_pg_rewind": True,
            "use_slots": True,
            "parameters": {
                "max_connections": 200,
                "shared_preload_libraries": "pg_stat_statements",
                "timezone": "UTC",
                "wal_compression": "on",
                "checkpoint_timeout": "15min",
                "max_wal_size": "4GB",
                "wal_keep_size": "256MB",
                "wal_sender_timeout": "5s",
                "wal_receiver_timeout": "5s",
                # A standby that just failed to reach its primary waits so long, also when it is to be the next one: 5 s
                # between the promotion and the first write were the largest part beside `ttl`.
                "wal_retrieve_retry_interval": "500ms",
                # Else a standby ends an export after 30 s, for a row that the primary's vacuum has removed.
                "hot_standby_feedback": "on",
            },
        },
    }
