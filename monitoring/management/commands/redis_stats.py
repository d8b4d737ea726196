"""Tells an operator how Redis fares, as cache and as queue."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from django.core.management.base import CommandError, CommandParser
from redis import RedisError

from accounts.management.arguments import positive
from accounts.management.command import OperatorCommand
from monitoring.management.tables import table
from monitoring.selectors.redis import redis_stats

EXIT_DEPENDENCY = 4


class Command(OperatorCommand):
    help = (
        "Show the statistics of the Redis servers, of the cache and of the queue: memory and its bound, hits and "
        "misses, evictions, clients, saving, keys per database, lengths of the queues (unacked: taken by a worker and "
        "not finished), and the slow log, with the name and the first word of each command. The queue must never "
        "evict: its policy is noeviction. It only reads. "
        "Exit codes: 0 done, 2 wrong usage, 4 Redis doesn't answer."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--limit", type=positive, default=10, help="the most entries of the slow log (10)")
        parser.add_argument("--json", action="store_true", help="print all as JSON; sizes are bytes")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            servers = redis_stats(limit=options["limit"])
        except RedisError as error:
            raise CommandError(f"Redis doesn't answer: {error}", returncode=EXIT_DEPENDENCY) from error
        if options["json"]:
            self.stdout.write(json.dumps(servers))
            return
        for name, server in servers.items():
            for line in _lines(name, server):
                self.stdout.write(line)


def _lines(name: str, server: Mapping[str, Any]) -> Iterator[str]:
    for section, told in server.items():
        rows = [told] if isinstance(told, dict) else told
        if rows or section != "queues":
            yield from table(f"{name}: {section}", rows)
