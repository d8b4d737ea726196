"""The command line: `python -m cryptotrader.local run | stop | manage command… | exec … -- command…`."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from accounts.management.arguments import OneLineParser
from cryptotrader.local.execute import execute
from cryptotrader.local.home import DEFAULT_HOME, ROOT, AlreadyRunning, NothingRuns, running_environment, stop_holder
from cryptotrader.local.ports import PortError
from cryptotrader.local.processes import StopRequested
from cryptotrader.local.run import RunError, run
from cryptotrader.local.server import StartError

EXIT_FAILED = 1
EXIT_ALREADY_RUNNING = 5


def main(arguments: Sequence[str]) -> int:
    """Runs the command line, and returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        return _dispatch(options)
    except StopRequested:
        return 0
    except AlreadyRunning:
        sys.stderr.write("local: already running in this checkout (`make stop` stops it)\n")
        return EXIT_ALREADY_RUNNING
    except NothingRuns:
        sys.stderr.write("local: nothing is running in this checkout (`make run` starts it)\n")
        return EXIT_FAILED
    except (PortError, RunError, StartError, TimeoutError, PermissionError) as error:
        sys.stderr.write(f"local: {error}\n")
        return EXIT_FAILED


def _dispatch(options: argparse.Namespace) -> int:
    home: Path = options.home.resolve()
    if options.action == "run":
        run(home)
        return 0
    if options.action == "stop":
        sys.stdout.write("local: stopped\n" if stop_holder(home) else "local: nothing was running\n")
        return 0
    if options.action == "manage":
        environ = running_environment(home, os.environ, f"cryptotrader_{options.login}")
        os.execve(sys.executable, [sys.executable, str(ROOT / "manage.py"), *options.command], environ)  # noqa: S606
    return execute(options.command, home, data=options.data, durable=options.durable)


def _parser() -> argparse.ArgumentParser:
    parser = OneLineParser(prog="python -m cryptotrader.local")
    parser.add_argument("--home", type=Path, default=DEFAULT_HOME, help="where data, logs and secrets are (var/)")
    actions = parser.add_subparsers(dest="action", required=True)
    actions.add_parser("run", help="start everything and stay in the foreground")
    actions.add_parser("stop", help="stop the run of this checkout")
    manage = actions.add_parser("manage", help="run a command of manage.py on the databases of this checkout's run")
    logins = ("app", "owner", "feed", "settler", "backup")
    manage.add_argument("--as", dest="login", choices=logins, default="app", help="the login at the database (app)")
    manage.add_argument("command", nargs=argparse.REMAINDER, type=str, help="the command, with its own options")
    once = actions.add_parser("exec", help="run a command with throw-away databases of its own")
    once.add_argument("--durable", action="store_true", help="sync to disk, as in production (for measurements)")
    once.add_argument("--data", type=Path, help="keep the data in this directory")
    once.add_argument("command", nargs="+", type=str, metavar="command", help="the command after --, with its options")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
