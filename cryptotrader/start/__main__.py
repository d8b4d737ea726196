"""The command line: `python -m cryptotrader.start PROCESS`. `--help` lists the processes."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from accounts.management.arguments import OneLineParser
from cryptotrader.start.commands import BadSetting, Place, commands
from cryptotrader.start.records import Records
from trading.feeds.pulse import PULSE_FILE
from trading.streams.draining import DRAIN_FILE

ROOT = Path(__file__).resolve().parents[2]
EXIT_USAGE = 2
BEHIND_THE_FEED = 5
"""The niceness of all other processes: a price that comes late stops trading, a page that comes late is only late. A
deployment starts many processes at once, and each loads its libraries for seconds."""

HELP = """\
Start one process of the platform in this place: the command becomes that process.

  web       pages and REST, under gunicorn (WEB_WORKERS, WEB_THREADS)      database login: app
  stream    sockets, and pages and REST too, under uvicorn                 app
  worker    everyday tasks: mails, deposits, approvals (WORKER_CONCURRENCY)  app
  settler   settlement of trades (WORKER_CONCURRENCY)                      settler
  backup    backups and their drills, in the image that has PostgreSQL's programs  backup
  beat      the clock of the tasks: start one only                         app
  feed      index prices; a second one waits to take over                  feed
  migrate   bring the database up to date, then end                        owner
  certificate HOST…  print a certificate for tests, signed by nobody known, as JSON

web and stream listen on HOST (0.0.0.0) and PORT (8000). A stopped process has GRACE_SECONDS (25) to finish its work.
`python -m cryptotrader.start.check` is the health check of the process that was started last in START_DIRECTORY.

exit codes: 0 done, 1 failed, 2 usage or a wrong setting, 3 `migrate`: the database belongs to another version,
            4 `migrate`: the database doesn't answer, 5 `migrate`: a table stayed locked
"""


def main(arguments: Sequence[str]) -> int:
    """Runs the command line; returns only if no process was started."""
    parser = OneLineParser(
        prog="python -m cryptotrader.start", description=HELP, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    records = Records.of(os.environ)
    try:
        known = commands(Place.of(os.environ, records.directory))
    except BadSetting as error:
        sys.stderr.write(f"start: {error}\n")
        return EXIT_USAGE
    parser.add_argument("process", choices=[*known, "migrate", "certificate"], metavar="PROCESS")
    parser.add_argument("hosts", nargs="*", metavar="HOST", help="for a certificate: names and addresses")
    options = parser.parse_args(arguments)
    if options.process == "migrate":
        _migrate()
    elif options.process == "certificate":
        _certificate(options.hosts)
    else:
        _become(known[options.process], options.process, records)
    return 0


def _become(command: tuple[str, ...], process: str, records: Records) -> None:
    records.begin(process)
    told = {DRAIN_FILE: str(records.drain)} if records.serves else {PULSE_FILE: str(records.pulse)}
    environ = os.environ | told
    os.chdir(ROOT)
    if process != "feed":
        os.nice(BEHIND_THE_FEED)
    os.execve(command[0], command, environ)  # noqa: S606


def _migrate() -> None:
    from cryptotrader.start.database import bring_up_to_date, furnish, load  # noqa: PLC0415  (loads Django)
    from cryptotrader.start.kept_static import keep_static  # noqa: PLC0415

    load()
    bring_up_to_date()
    furnish()
    if kept := os.environ.get("STATIC_KEPT_DIR"):
        keep_static(ROOT / "staticfiles", Path(kept))


def _certificate(hosts: Sequence[str]) -> None:
    from cryptotrader.start.certificate import certificate  # noqa: PLC0415  (loads a library that no other needs)

    sys.stdout.write(certificate(hosts or ["localhost"]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
