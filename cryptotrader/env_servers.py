"""Reads the addresses of PostgreSQL and Redis from the environment."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit, urlunsplit

import environ
from django.core.exceptions import ImproperlyConfigured
from psycopg.pq import Conninfo

from accounts.domain.sentinels import SCHEME, Sentinels
from accounts.redis_client import sentinel_options
from cryptotrader import env, program
from monitoring.domain.timeouts import startup_options

_LIBPQ = {option.keyword.decode() for option in Conninfo.get_defaults()} - {
    "user",
    "password",
    "host",
    "port",
    "dbname",
}
PATIENCE: Mapping[str, str] = {
    # Else an attempt that meets a server as it vanishes waits 130 s for it, and with it all who wait for the pool.
    "connect_timeout": "5",
    # A machine that is gone answers nothing: what was sent to it fails after 10 s, and silence ends after 25.
    "tcp_user_timeout": "10000",
    "keepalives_idle": "10",
    "keepalives_interval": "5",
    "keepalives_count": "3",
}
"""How long a connection waits for its server; an address may set others."""
PREPARE_ON_REQUEST = 2**31
"""So often a statement must come before psycopg prepares it unasked; None would forbid it altogether."""
_OF_A_DATABASE = ("ENGINE", "NAME", "USER", "PASSWORD", "HOST", "PORT")


def database(name: str = "DATABASE_URL", options: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Returns the Django settings of the PostgreSQL in NAME, with `options` beside those in its query string.

    Those are libpq's, such as `sslmode=verify-full`. Raises ImproperlyConfigured for one that libpq doesn't know, or
    that has another value here: none of them may be lost.
    """
    url = env.text(name)
    try:
        fits = urlsplit(url).scheme in ("postgresql", "postgres")
        settings: dict[str, Any] = environ.Env.db_url_config(url) if fits else {}
    except ValueError:
        settings = {}
    if not settings.get("NAME"):
        raise ImproperlyConfigured(f"{name} must be postgresql://user:password@host:5432/name")
    # A socket's directory is percent-encoded for libpq; django-environ doesn't decode it.
    settings["HOST"] = unquote(str(settings["HOST"]))
    given = dict(parse_qsl(urlsplit(url).query, keep_blank_values=True))
    ours = dict(options or {})
    if "options" in given and ours.get("options"):
        ours["options"] = f"{given.pop('options')} {ours['options']}"  # of two values, the last one holds
    for option in given:
        if option not in _LIBPQ or option in ours:
            raise ImproperlyConfigured(f"{name} may not set {option[:40]!a}")
    return {key: value for key, value in settings.items() if key in _OF_A_DATABASE} | {
        "OPTIONS": {**PATIENCE, **given, **ours}
    }


def connected(name: str, role_prefix: str, *, read_only: bool = False) -> dict[str, Any]:
    """Returns the settings of the PostgreSQL in NAME with a pool of connections, and the timeouts of its login.

    Raises ImproperlyConfigured as `database`.
    """
    options = startup_options(str(database(name)["USER"]), role_prefix)
    if read_only:
        options = f"{options} -c default_transaction_read_only=on".strip()
    pool = {
        "min_size": 1,
        "max_size": env.integer("DATABASE_POOL_SIZE", 20, least=1),
        # A request waits this long for a connection; then it gets 503. Nobody waits for a task.
        "timeout": env.integer(
            "DATABASE_POOL_WAIT_SECONDS", 2 if program.service_name() in ("web", "server") else 5, least=1
        ),
        "max_idle": 30,
    }
    return {
        **database(
            name,
            options={
                "application_name": program.program_name(),
                "options": options,
                "pool": pool,
                # Statements that ask for it are prepared (accounts/bound_statements.py), no others.
                "prepare_threshold": PREPARE_ON_REQUEST,
            },
        ),
        "CONN_MAX_AGE": 0,
        "CONN_HEALTH_CHECKS": True,  # otherwise the first requests after a restart of PostgreSQL get dead connections
    }


def redis(name: str, database_number: int) -> str:
    """Returns NAME's URL, or else that of REDIS_URL, with another database number: cache and queue never share one.

    Raises ImproperlyConfigured if it isn't the URL of a Redis, or of sentinels.
    """
    name = name if env.text(name, "") else "REDIS_URL"
    url = env.text(name)
    try:
        sentinels = Sentinels.of(url)
        parts = urlsplit(url)
        fits = sentinels or (
            parts.scheme in ("redis", "rediss") and parts.hostname and (parts.port is None or parts.port > 0)
        )
    except ValueError:
        fits = None
    if not fits:
        forms = "redis://:password@host:6379, rediss://… or sentinel://:password@host:26379,host:26379/NAME"
        raise ImproperlyConfigured(f"{name} must be {forms}")
    path = f"/{quote(sentinels.master, safe='')}/{database_number}" if sentinels else f"/{database_number}"
    return urlunsplit(parts._replace(path=path))


def cache(url: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Returns Django's settings of a cache in the Redis of this URL; `options` are those of its connections."""
    wanted = {**options, "IGNORE_EXCEPTIONS": True}
    if sentinels := Sentinels.of(url):
        patience = {name.lower(): value for name, value in options.items()}
        url = f"redis://{sentinels.master}/{sentinels.database}"
        wanted |= {
            "CONNECTION_FACTORY": "django_redis.pool.SentinelConnectionFactory",
            "SENTINELS": list(sentinels.hosts),
            "SENTINEL_KWARGS": sentinel_options(sentinels, patience),
            "PASSWORD": sentinels.password,
        }
    return {"BACKEND": "django_redis.cache.RedisCache", "LOCATION": url, "OPTIONS": wanted}


def broker(url: str, options: Mapping[str, Any]) -> tuple[str, dict[str, Any]]:
    """Returns Celery's URL of the broker in the Redis of this URL, and its options beside those of its connections."""
    sentinels = Sentinels.of(url)
    if sentinels is None:
        return url, dict(options)
    login = f":{quote(sentinels.password, safe='')}@" if sentinels.password else ""
    urls = [f"{SCHEME}://{login}{_place(*host)}/{sentinels.database}" for host in sentinels.hosts]
    asked = {"master_name": sentinels.master, "sentinel_kwargs": sentinel_options(sentinels, dict(options))}
    return ";".join(urls), {**options, **asked}


def _place(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
