"""Reads the statistics of the Redis servers: of the cache, and of the queue."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from redis.backoff import NoBackoff
from redis.retry import Retry

from accounts.redis_client import redis_client

QUEUES = ("settlement", "celery")
UNACKNOWLEDGED = "unacked"
"""The messages that workers have taken and not finished."""

PATIENCE_SECONDS = 3.0


def redis_stats(*, limit: int) -> dict[str, Mapping[str, Any]]:
    """The server of the cache and that of the queue; often they are one. Raises redis.RedisError.

    A command in the slow log has its name and first word alone: the rest may be a person's data.
    """
    servers = {"cache": settings.REDIS_URL, "queue": settings.REDIS_QUEUE_URL}
    return {name: _server(url, limit, is_queue=name == "queue") for name, url in servers.items()}


def _server(url: str, limit: int, *, is_queue: bool) -> Mapping[str, Any]:
    patience = {"socket_timeout": PATIENCE_SECONDS, "socket_connect_timeout": PATIENCE_SECONDS}
    with redis_client(url, **patience, retry=Retry(NoBackoff(), 0)) as redis:
        info: dict[str, Any] = redis.info("everything")
        slow = redis.slowlog_get(limit)
        lengths = {queue: redis.llen(queue) for queue in QUEUES} if is_queue else {}
        if is_queue:
            lengths[UNACKNOWLEDGED] = redis.hlen(UNACKNOWLEDGED)
    return {
        "server": {key: info.get(key) for key in ("redis_version", "valkey_version", "uptime_in_seconds", "role")},
        "memory": _memory(info),
        "hits": _hits(info),
        "clients": {key: info.get(key) for key in ("connected_clients", "blocked_clients", "maxclients")},
        "saving": {
            key: info.get(key)
            for key in ("rdb_last_bgsave_status", "rdb_changes_since_last_save", "aof_enabled", "aof_last_write_status")
        },
        "databases": [
            {"database": name, "keys": kept["keys"], "expiring": kept["expires"]}
            for name, kept in sorted(info.items())
            if name.startswith("db") and isinstance(kept, dict)
        ],
        "queues": [{"queue": name, "messages": length} for name, length in lengths.items()],
        "slow_commands": [_slow(entry) for entry in slow],
    }


def _memory(info: Mapping[str, Any]) -> dict[str, object]:
    return {
        "used_bytes": info["used_memory"],
        "peak_bytes": info["used_memory_peak"],
        "resident_bytes": info["used_memory_rss"],
        "max_bytes": info["maxmemory"] or None,
        "policy": info["maxmemory_policy"],
        "fragmentation": info.get("mem_fragmentation_ratio"),
    }


def _hits(info: Mapping[str, Any]) -> dict[str, object]:
    hits, misses = info["keyspace_hits"], info["keyspace_misses"]
    return {
        "hits": hits,
        "misses": misses,
        "hit_percent": round(100 * hits / (hits + misses), 2) if hits + misses else None,
        "evicted": info["evicted_keys"],
        "expired": info["expired_keys"],
        "commands": info["total_commands_processed"],
        "commands_a_second": info["instantaneous_ops_per_sec"],
        "refused_connections": info["rejected_connections"],
    }


def _slow(entry: Mapping[str, Any]) -> dict[str, object]:
    words = entry["command"]
    text = (words if isinstance(words, bytes) else str(words).encode()).decode(errors="replace").split()
    return {"started": entry["start_time"], "microseconds": entry["duration"], "command": " ".join(text[:2])}
