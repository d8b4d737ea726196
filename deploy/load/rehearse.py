"""Rehearses deployments of this checkout under traffic, and counts the requests that fail: `make rehearse`."""

import argparse
import asyncio
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psycopg

from deploy.ct.host.processes import Processes
from deploy.ct.releases import wanted_release
from deploy.ct.rollout.stage import SERVERS
from deploy.load.site import Site
from deploy.load.traffic import Traffic

HELP = """\
Deploy this checkout's last commit as processes behind nginx, with throw-away databases, then change releases under
traffic: blue-green, rolling, a canary that fails, a rollback, and last the procedure stop-then-start for comparison.
Prints one JSON object a phase. It takes several minutes.
"""
BROKEN = """

_works = application


def application(environ, start):
    if environ["PATH_INFO"] == "/api/v1/time":
        start("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"broken"]
    return _works(environ, start)
"""
LIMITS = {
    "RATES_A_MINUTE": "address=1000000,access=100000,requests=1000000,orders=1000000,quotes=1000000",
    "REQUESTS_A_SECOND": "5000",
    "REQUESTS_BURST": "5000",
    "DATABASE_POOL_SIZE": "10",
    "WEB_THREADS": "4",
}
DOUBLED = "SELECT count(*), count(DISTINCT idempotency_key) FROM flash_trades"


class Rehearsal:
    """The phases, one after the other."""

    def __init__(self, site: Site, many: tuple[int, int, int], settle_seconds: float) -> None:
        self._site, self._many, self._settle_seconds = site, many, settle_seconds
        self._token = ""
        self.orders = 0

    def prepare(self, release: str) -> None:
        """Deploys the first release, and makes the others."""
        self._must("deploy", "--release", release)
        self._site.copy(release, "next")
        self._site.copy(release, "broken", **{"cryptotrader/wsgi.py": BROKEN})
        self._token = self._site.token(release)

    def phase(self, name: str, change: Callable[[], int]) -> dict[str, Any]:
        """Changes something under traffic, and returns what the clients saw."""
        return asyncio.run(self._phase(name, change))

    def ct(self, *words: str) -> Callable[[], int]:
        def act() -> int:
            return int(self._site.ct(*words).returncode)

        return act

    def restart_as_specified(self) -> int:
        """The specification's own procedure: everything stops, then everything starts."""
        processes = Processes(self._site.state)
        for record in processes.running():
            if record.service in SERVERS:
                processes.stop(record)
        return int(self._site.ct("roll", "beat").returncode)  # starts what is missing, and waits until it is ready

    async def _phase(self, name: str, change: Callable[[], int]) -> dict[str, Any]:
        readers, traders, sockets = self._many
        traffic = Traffic(
            self._site.web.url, self._site.context, self._token, readers=readers, traders=traders, sockets=sockets
        )
        running = asyncio.create_task(traffic.run())
        await asyncio.sleep(self._settle_seconds)
        began = time.monotonic()
        code = await asyncio.to_thread(change)
        seconds = time.monotonic() - began
        await asyncio.sleep(self._settle_seconds)
        traffic.stop.set()
        await running
        self.orders += len(traffic.counts.orders)
        return {"phase": name, "exit": code, "seconds": round(seconds, 1), **traffic.counts.summary()}

    def _must(self, *words: str) -> None:
        if self._site.ct(*words).returncode:
            raise SystemExit(self._site.last)


def main() -> int:
    """Runs the command line."""
    parser = argparse.ArgumentParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--readers", type=int, default=4)
    parser.add_argument("--traders", type=int, default=2)
    parser.add_argument("--sockets", type=int, default=10)
    parser.add_argument("--settle-seconds", type=float, default=5, help="of traffic before and after each change (5)")
    parser.add_argument("--watch-seconds", default="10", help="at each share of the canary (10)")
    options = parser.parse_args()
    database, redis = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    with tempfile.TemporaryDirectory(dir="/var/tmp", ignore_cleanup_errors=True) as home:
        site = Site(Path(home), database, redis, LIMITS)
        release = wanted_release(site.settings, None).removesuffix("-dirty")
        rehearsal = Rehearsal(site, (options.readers, options.traders, options.sockets), options.settle_seconds)
        phases: list[tuple[str, Callable[[], int]]] = [
            ("blue-green", rehearsal.ct("deploy", "--release", "next", "--force", "--drain-seconds", "20")),
            ("roll", rehearsal.ct("roll", "web", "stream", "--drain-seconds", "20")),
            (
                "canary that fails",
                rehearsal.ct(
                    *("deploy", "--release", "broken", "--force", "--canary", "--drain-seconds", "20"),
                    *("--watch-seconds", options.watch_seconds),
                ),
            ),
            ("blue-green again", rehearsal.ct("deploy", "--release", release, "--force", "--drain-seconds", "20")),
            ("rollback", rehearsal.ct("rollback", "--drain-seconds", "20")),
            ("stop, then start", rehearsal.restart_as_specified),
        ]
        try:
            rehearsal.prepare(release)
            for name, change in phases:
                sys.stdout.write(json.dumps(rehearsal.phase(name, change)) + "\n")
                sys.stdout.flush()
                sys.stderr.write(site.last if (site.home / "last").exists() else "")
            with psycopg.connect(database) as connection:
                trades, distinct = connection.execute(DOUBLED).fetchone() or (0, 0)
            told = {"trades": trades, "distinct orders": distinct, "acknowledged": rehearsal.orders}
            sys.stdout.write(json.dumps(told) + "\n")
        finally:
            site.end()
    return 0


if __name__ == "__main__":
    sys.exit(main())
