"""Rehearses deployments of this checkout under traffic, and counts the requests that fail: `make rehearse`."""

import argparse
import asyncio
import json
import os
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from deploy.ct.arguments import OneLineParser, whole
from deploy.ct.host.processes import Processes
from deploy.ct.releases import wanted_release
from deploy.ct.rollout.stage import SERVERS
from deploy.load.afterwards import compared, report, wait_until_settled
from deploy.load.market import steady_seed
from deploy.load.site import Site
from deploy.load.traffic import Traffic

HELP = """\
Deploy this checkout's last commit as processes behind nginx, with throw-away databases, then change releases under
traffic: blue-green, rolling, a canary that fails, a rollback, and last the procedure stop-then-start for comparison.
Prints one JSON object a phase. It takes several minutes. With --from, the change is the upgrade from that release, and
back. Needs nginx, DATABASE_URL and REDIS_URL: `make rehearse` and `make upgrade FROM=…` give it servers of its own.

exit codes: 0 no request failed and nothing was lost, 1 else, 2 usage, 143 ended by a signal
"""
ENDED = 128 + signal.SIGTERM
BROKEN = """

_works = application


def application(environ, start):
    if environ["PATH_INFO"] == "/api/v1/time":
        start("500 Internal Server Error", [("Content-Type", "text/plain")])
        return [b"broken"]
    return _works(environ, start)
"""
COMPARISON = "stop, then start"
LIMITS = {
    "RATES_A_MINUTE": "address=1000000,access=100000,requests=1000000,orders=1000000,quotes=1000000",
    "REQUESTS_A_SECOND": "5000",
    "REQUESTS_BURST": "5000",
    "DATABASE_POOL_SIZE": "10",
    "WEB_THREADS": "4",
    "JWT_ACCESS_EXPIRES_IN": "4h",  # all phases send the token of one sign-in
}


class Rehearsal:
    """The phases, one after the other."""

    def __init__(self, site: Site, many: tuple[int, int, int], settle_seconds: float, requests_min: int = 0) -> None:
        self._site, self._many, self._settle_seconds = site, many, settle_seconds
        self._requests_min = requests_min
        self._token = ""
        self.orders: dict[str, str] = {}
        """The trade of each acknowledged order, by its key."""

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
        while traffic.counts.sent < self._requests_min and name != COMPARISON:
            await asyncio.sleep(1)
        traffic.stop.set()
        await running
        self.orders |= traffic.counts.orders
        return {"phase": name, "exit": code, "seconds": round(seconds, 1), **traffic.counts.summary()}

    def _must(self, *words: str) -> None:
        if self._site.ct(*words).returncode:
            raise SystemExit(self._site.last)


def main() -> int:
    """Runs the command line. Returns 1 if a request failed, or something was lost, where nothing may be."""
    options = _options()
    database, redis = os.environ["DATABASE_URL"], os.environ["REDIS_URL"]
    with tempfile.TemporaryDirectory(dir="/var/tmp", ignore_cleanup_errors=True) as home:
        own = {"SIMULATION_SEED": steady_seed(time.time())} | ({"CT_PYTHON": ""} if options.own_environment else {})
        site = Site(Path(home), database, redis, LIMITS | own)
        release = wanted_release(site.settings, None).removesuffix("-dirty")
        end_on_signal(site)
        many = (options.readers, options.traders, options.sockets)
        rehearsal = Rehearsal(site, many, options.settle_seconds, options.requests_min)
        try:
            rehearsal.prepare(options.begin or release)
            phases = _upgrade(rehearsal, options.begin, release) if options.begin else _releases(rehearsal, release)
            faults = [fault for name, change, may in phases for fault in _run(rehearsal.phase(name, change), may)]
            settled = wait_until_settled(database)
            told = {**report(database), **compared(database, rehearsal.orders.items()), "all settled": settled}
            told["ledger"] = site.manage(release, "reconcile_ledger")
            sys.stdout.write(json.dumps(told) + "\n")
        finally:
            site.end()
    return 0 if all_is_kept(told) and not faults else 1


def end_on_signal(site: Site) -> None:
    """Lets SIGTERM and SIGHUP end a rehearsal as Ctrl-C does: else its processes and its directory would stay."""

    def stop(_number: int, _frame: object) -> None:
        site.interrupt()  # a thread waits for it
        raise SystemExit(ENDED)

    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def is_fine(told: Mapping[str, Any]) -> bool:
    """Whether the change ended well, and its clients lost nothing. A drill whose orders are refused proves nothing."""
    return not (told["exit"] or told["failed"] or told["refused orders"] or told["prices lost"])


def all_is_kept(told: Mapping[str, Any]) -> bool:
    """Whether each acknowledged order is a trade, once, and the books and the prices are whole."""
    wrong = told["lost"] or told["doubled"] or told["ledger"] or told["breaks of the price chain"]
    return bool(told["all settled"]) and not wrong


Phases = list[tuple[str, Callable[[], int], bool]]
QUICK = ("--drain-seconds", "20", "--watch-seconds", "10")


def _releases(rehearsal: Rehearsal, release: str) -> Phases:
    """The third member: whether requests may fail."""
    broken = ("deploy", "--release", "broken", "--force", "--canary", *QUICK)
    return [
        ("blue-green", rehearsal.ct("deploy", "--release", "next", "--force", *QUICK), False),
        ("rollback", rehearsal.ct("rollback", *QUICK), False),
        ("canary that fails", rehearsal.ct(*broken), True),
        ("roll", rehearsal.ct("roll", "web", "stream", *QUICK), False),
        (COMPARISON, rehearsal.restart_as_specified, True),
    ]


def _upgrade(rehearsal: Rehearsal, begin: str, release: str) -> Phases:
    return [
        (f"{begin} to {release}", rehearsal.ct("deploy", "--release", release, "--force", *QUICK), False),
        (f"back to {begin}", rehearsal.ct("rollback", *QUICK), False),
        (f"to {release} again", rehearsal.ct("rollback", *QUICK), False),
    ]


def _run(told: dict[str, Any], may_fail: bool) -> list[str]:
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()
    return [] if may_fail or is_fine(told) else [told["phase"]]


def _options() -> argparse.Namespace:
    parser = OneLineParser(description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--from", dest="begin", metavar="RELEASE", help="upgrade from this tag or commit, and back")
    parser.add_argument("--readers", type=whole(0), default=4)
    parser.add_argument("--traders", type=whole(0), default=2)
    parser.add_argument("--sockets", type=whole(0), default=10)
    parser.add_argument("--settle-seconds", type=float, default=5, help="of traffic before and after each change (5)")
    parser.add_argument(
        "--requests-min",
        type=whole(0),
        default=0,
        help="of each phase but the comparison: its traffic goes on until then (0)",
    )
    parser.add_argument("--own-environment", action="store_true", help="install the packages anew, as on a new host")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
