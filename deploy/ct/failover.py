"""Stores that stand in for one another in containers (compose.ha.yml): their configurations, with their passwords."""

import json
from collections.abc import Callable, Mapping

from deploy.ha import forms

PASSWORDS = ("postgres_replicator_password", "patroni_password")
NUMBERS = (1, 2, 3)
PRIMARY_PORT, REPLICA_PORT, PATRONI_PORT = 5432, 5433, 8008
REDIS_PORT, SENTINEL_PORT = 6379, 26379
DOWN_AFTER_MILLISECONDS = 3000
SERVICES = (
    *(f"etcd-{number}" for number in NUMBERS),
    *("postgres-2", "postgres-3", "haproxy", "redis-queue-2"),
    *(f"sentinel-{number}" for number in NUMBERS),
)
"""The services beside those of compose.yml."""


def secrets(secret: Callable[[str], str], urls: Mapping[str, str]) -> dict[str, str]:
    """Returns the files of the servers, and the URLs that programs use here, by name.

    `secret` returns a password by its name; `urls` are those of one server each, whose host `postgres` is HAProxy.
    """
    found = {name: url + forms.READ_WRITE for name, url in urls.items() if name.startswith("database_url_")}
    app = urls["database_url_app"]
    password = secret("redis_queue_password")
    hosts = ",".join(f"sentinel-{number}:{SENTINEL_PORT}" for number in NUMBERS)
    found["replica_url"] = app.replace(f":{PRIMARY_PORT}/", f":{REPLICA_PORT}/")
    found["redis_queue_url"] = f"sentinel://:{password}@{hosts}/{forms.MASTER}"
    found["redis_queue_node"] = f"include /etc/redis/queue.conf\nmasterauth {password}\nrepl-diskless-sync-delay 0\n"
    for number in NUMBERS:
        found[f"patroni_{number}"] = _patroni(f"postgres-{number}", secret)
        found[f"sentinel_{number}"] = _sentinel(f"sentinel-{number}", password)
    return found


def haproxy() -> str:
    """Returns HAProxy's configuration."""
    nodes = {f"postgres-{number}": (f"postgres-{number}:{PRIMARY_PORT}", PATRONI_PORT) for number in NUMBERS}
    return forms.haproxy(nodes, "*", PRIMARY_PORT, REPLICA_PORT, by_name=True)


def _patroni(name: str, secret: Callable[[str], str]) -> str:
    settings = forms.patroni(
        name,
        {"etcd3": [f"etcd-{number}:2379" for number in NUMBERS]},
        forms.TIMES,
        restapi={
            "listen": f"0.0.0.0:{PATRONI_PORT}",
            "connect_address": f"{name}:{PATRONI_PORT}",
            # Without it, a neighbour in the network could move the primary.
            "authentication": {"username": "patroni", "password": secret("patroni_password")},
        },
        postgresql={
            "listen": f"0.0.0.0:{PRIMARY_PORT}",
            "connect_address": f"{name}:{PRIMARY_PORT}",
            "data_dir": "/var/lib/patroni/data",
            "pgpass": "/tmp/pgpass",  # noqa: S108  # in memory, of this container alone
        },
        logins={
            "superuser": {"username": "postgres", "password": secret("postgres_password")},
            "replication": {"username": "replicator", "password": secret("postgres_replicator_password")},
        },
        network="all",
    )
    return json.dumps(settings, indent=1)


def _sentinel(name: str, password: str) -> str:
    names = f"sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\nsentinel announce-ip {name}\n"
    return forms.SENTINEL.format(
        bind="* -::*",
        port=SENTINEL_PORT,
        directory="/data",
        password=password,
        names=names,
        master=forms.MASTER,
        first=f"redis-queue {REDIS_PORT}",
        down_after=DOWN_AFTER_MILLISECONDS,
    )
