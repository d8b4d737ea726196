"""`run`: the whole platform in the foreground, on one machine."""

import http.client
import os
import shlex
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from cryptotrader.local.console import Console, wants_colour
from cryptotrader.local.home import ROOT, SITE, local_environment, locked, published_addresses
from cryptotrader.local.logins import APP, BACKUP, FEED, MONITOR, OWNER, SETTLER
from cryptotrader.local.ports import refuse_busy_port, wanted_port
from cryptotrader.local.processes import StopRequest, adopt_orphans
from cryptotrader.local.servers import servers
from cryptotrader.local.supervisor import LABEL, Program, Supervisor, run_to_end
from cryptotrader.local.watching import Watch, wanted_watch
from cryptotrader.start.commands import EXIT_UNKNOWN_MIGRATIONS, EXIT_WRONG_SETTING, Place, commands

_HEALTH_PATH = "/api/health/live"
_LOGINS = {"server": APP, "feed": FEED, "worker": APP, "settler": SETTLER, "backup": BACKUP, "beat": APP}
"""The login of each program at the embedded PostgreSQL. If DATABASE_URL names another server, all use that URL."""

_FIRST = ("server", "feed")
"""They start before the others: for the page somebody waits, and the feed goes on where a new chart's past ends."""

_REST_SECONDS = 2.0

EXIT_RESTORE_REFUSED = 4
"""Of `prepare`, whose last line then says why the backup in RESTORE can't be restored."""


class RunError(Exception):
    """The platform can't be started; the message says why, in one line."""


def run(home: Path) -> None:
    """Start everything, and run until Ctrl-C, SIGTERM or SIGHUP; no process is left at the end.

    Raises AlreadyRunning, PortError, RunError, StartError or, when stopped during the start, StopRequested.
    """
    port = wanted_port(os.environ)
    watch = wanted_watch(home, os.environ)
    stop = StopRequest()
    with locked(home):
        refuse_busy_port(port)
        stop.install()
        adopt_orphans()
        environ = {
            "METRICS_DIR": str(home / "metrics"),
            **local_environment(home, os.environ),
            SITE: os.environ.get(SITE) or f"http://127.0.0.1:{port}",
        }
        coloured = wants_colour(sys.stdout, os.environ)
        console = Console(sys.stdout, [LABEL, *_LOGINS, *watch.labels], coloured=coloured)
        if coloured:
            environ["FORCE_COLOR"] = "1"  # the programs write to our pipe, and we to the terminal
        console.line(LABEL, "starting the databases")
        with servers(home, os.environ, stop, durable=True) as databases:
            logins = _prepare(environ | databases.urls_of(OWNER), home, console, stop)
            announcement = _Announcement(console, port, [*logins, *watch.lines])

            def on_turn() -> None:
                databases.revive(partial(console.line, LABEL))
                announcement.try_once_more()

            environs = {login: environ | databases.urls_of(login) for login in (OWNER, *_LOGINS.values())}
            programs = [*_programs(environs, home, port), *_watchers(watch, environ | databases.urls_of(MONITOR), port)]
            with published_addresses(home, environs):
                Supervisor(programs, console).run(stop, on_turn)
            console.line(LABEL, "stopping the databases")
        console.line(LABEL, "stopped")


def _programs(environs: Mapping[str, Mapping[str, str]], home: Path, port: int) -> list[Program]:
    """Return the supervised programs, named as in _LOGINS, each in the environment of its login."""
    schedule = home / "beat"
    schedule.mkdir(exist_ok=True)
    place = Place(host="127.0.0.1", port=port, directory=schedule, grace_seconds=5)
    # One process is server enough for one machine: it serves pages and sockets.
    known = {**commands(place), "server": commands(place)["stream"]}
    # At each start Celery warns root about strangers' messages; here no stranger knows the broker's password.
    warnings = [os.environ.get("PYTHONWARNINGS"), "ignore:You're running the worker with superuser privileges"]
    calm = {"PYTHONWARNINGS": ",".join(filter(None, warnings))}
    # Drills and base backups are the owner's work, and only the backup's worker has its address.
    extra = {"backup": {"RESTORE_DATABASE_URL": environs[OWNER]["DATABASE_URL"]}}
    return [
        Program(
            name,
            known[name],
            {**environs[login], **calm, **extra.get(name, {})},
            ROOT,
            delay_seconds=0 if name in _FIRST else _REST_SECONDS,
        )
        for name, login in _LOGINS.items()
    ]


def _watchers(watch: Watch, environ: Mapping[str, str], port: int) -> list[Program]:
    """Raises RunError if a receiver of alerts is wrong."""
    try:
        return watch.programs(environ, port)
    except ImproperlyConfigured as error:
        raise RunError(str(error)) from error


def _prepare(environ: Mapping[str, str], home: Path, console: Console, stop: StopRequest) -> list[str]:
    """Migrate and seed; return the lines with the logins. Raises RunError, after it has shown the traceback."""
    backup = environ.get("RESTORE")
    console.line(LABEL, f"restoring {backup}" if backup else "bringing the database up to date")
    command = (sys.executable, "-m", "cryptotrader.local.prepare")
    code, lines = run_to_end(Program("prepare", command, environ, ROOT), stop)
    if code == EXIT_WRONG_SETTING:
        raise RunError(lines[-1])
    if code == EXIT_UNKNOWN_MIGRATIONS:
        raise RunError(f"{lines[-1]}. Run that version, or {_begin_anew(home, os.environ)}")
    if code == EXIT_RESTORE_REFUSED:
        raise RunError(lines[-1])
    if code != 0:
        for line in lines:
            console.line(LABEL, line)
        raise RunError(f"the database could not be prepared (exit code {code})")
    return lines


def _begin_anew(home: Path, environ: Mapping[str, str]) -> str:
    """What to do to get an empty database, as the end of a sentence."""
    if environ.get("DATABASE_URL"):
        return "name an empty database in DATABASE_URL"
    shown = Path(os.path.relpath(home))
    data = " ".join(shlex.quote(str(shown / name)) for name in ("postgres", "valkey"))
    return f"begin anew without its data: rm -rf {data}"


class _Announcement:
    """Announces the platform's address once, as soon as it answers."""

    def __init__(self, console: Console, port: int, notes: list[str]) -> None:
        self._console = console
        self._port = port
        self._notes = notes
        self._made = False

    def try_once_more(self) -> None:
        if self._made or not is_live(self._port):
            return
        self._made = True
        lines = ["", f"Ready: http://127.0.0.1:{self._port}/", *self._notes, "Ctrl-C stops everything.", ""]
        for line in lines:
            self._console.write(line)


def is_live(port: int) -> bool:
    """Whether the server answers its liveness probe with 200."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=0.5)
    try:
        connection.request("GET", _HEALTH_PATH)
        return connection.getresponse().status == http.HTTPStatus.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
