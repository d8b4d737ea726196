"""The command line of `ct`."""

import argparse
import os
import sys
from collections.abc import Callable, Mapping, Sequence

from deploy.ct import files
from deploy.ct.archive import add_archive
from deploy.ct.arguments import whole
from deploy.ct.backend import Backend
from deploy.ct.compose import Compose
from deploy.ct.console import Console
from deploy.ct.doctor import doctor
from deploy.ct.host.backend import HostBackend
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.releases import release_to_start, running_parts, running_release
from deploy.ct.rollout.command import add_commands, begin_anew, bring_up, is_host
from deploy.ct.settings import Settings, environments, load
from deploy.ct.smoke.command import add_options as add_smoke_options
from deploy.ct.smoke.command import smoke
from deploy.ct.status import status
from deploy.ct.up import up
from deploy.ct.usage import describe, new_parser


def parser() -> argparse.ArgumentParser:
    """Returns the parser of all commands. Each sets `act`, a function of (options, settings, console)."""
    made = new_parser()
    made.set_defaults(env=os.environ.get("CT_ENV") or "development", json=False, dry_run=False)
    _add_common(made)
    actions = made.add_subparsers(dest="action", required=True, metavar="COMMAND")
    _add_run(actions)
    add_commands(actions)
    add_archive(actions, _place)
    _add_look(actions)
    describe(actions)
    for action in actions.choices.values():
        _add_common(action)
    return made


def _add_common(made: argparse.ArgumentParser) -> None:
    """The options that may stand before or after the command: so without a default, which would undo the first."""
    absent = argparse.SUPPRESS
    made.add_argument("--env", default=absent, help=f"{', '.join(environments())} (CT_ENV, development)")
    made.add_argument("--json", action="store_true", default=absent, help="print the result as JSON")
    made.add_argument("--dry-run", action="store_true", default=absent, help="say what would be done, and do nothing")


def _add_run(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    start = actions.add_parser("up", help="start everything with the present settings, secrets and certificate")
    start.add_argument("--release", help="the image's tag; default: what runs; in development that of this checkout")
    for name, text in PARTS.items():
        start.add_argument(f"--{name}", action="store_true", help=f"with {text}")
    start.set_defaults(act=_up)
    actions.add_parser("down", help="stop everything; the data stays").set_defaults(act=_down)
    manage = actions.add_parser("manage", help="run a command of manage.py in the running site")
    manage.add_argument("command", nargs=argparse.REMAINDER, type=str, help="and its options, such as createsuperuser")
    manage.set_defaults(act=lambda options, settings, console: _place(settings, console).manage(options.command))


def _add_look(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    look = actions.add_parser("status", help="list what runs")
    look.set_defaults(act=lambda _, settings, console: status(settings, _place(settings, console), console))
    logs = actions.add_parser("logs", help="show the logs")
    logs.add_argument("services", nargs="*", help="such as web or settler; default: all")
    logs.add_argument("--follow", "-f", action="store_true", help="and go on")
    logs.add_argument("--lines", type=whole(0), default=100, help="of each container (100)")
    logs.set_defaults(act=_logs)
    check = actions.add_parser("smoke", help="ask each part of a running site")
    add_smoke_options(check)
    check.set_defaults(act=lambda options, settings, console: smoke(options, settings, console, _place))
    look_closely = actions.add_parser("doctor", help="look for faults of this host and of this environment")
    look_closely.set_defaults(act=lambda _, settings, console: doctor(settings, _place(settings, console), console))


PARTS = {
    "monitoring": "Prometheus, Alertmanager, Grafana and exporters",
    "logging": "a collector of logs",
    "backup": "backups",
    "archive": "backups and PostgreSQL's archived log, for recovery to any moment",
}


def main(arguments: Sequence[str], environ: Mapping[str, str] = os.environ) -> int:
    """Runs the command line, and returns the exit code."""
    options = parser().parse_args(arguments)
    console = Console(as_json=options.json, dry=options.dry_run)
    act: Callable[[argparse.Namespace, Settings, Console], Exit | None] = options.act
    try:
        return act(options, load(options.env, environ), console) or Exit.DONE
    except Stopped as stopped:
        sys.stderr.write(f"ct: {stopped}\n")
        return stopped.code
    except OSError as error:  # a full disk, a file of another account
        sys.stderr.write(f"ct: {error}\n")
        return Exit.FAILED
    except KeyboardInterrupt:
        sys.stderr.write("ct: interrupted; run it again to go on\n")
        return 130


def _place(settings: Settings, console: Console) -> Backend:
    if is_host(settings):
        return HostBackend(settings)
    return Compose(settings, console, running_release(settings) or "none", running_parts(settings))


def _up(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    options.backup |= options.archive
    parts = [name for name in PARTS if getattr(options, name)]
    if is_host(settings):
        if parts:
            raise Stopped(f"on a host there is no --{parts[0]}: its programs are yours", Exit.USAGE)
        bring_up(options, settings, console)
        return
    release = release_to_start(settings, options.release)
    if options.archive and settings.is_ha:
        raise Stopped("with CT_HA=on, pgBackRest archives the log (docs/runbook.md), not --archive", Exit.USAGE)
    with files.locked(settings.state):
        compose = Compose(settings, console, release, parts)
        up(settings, compose, console, release, parts)
        if not console.dry:
            begin_anew(settings, compose, release)


def _down(_: argparse.Namespace, settings: Settings, console: Console) -> None:
    with files.locked(settings.state):
        _place(settings, console).stop()


def _logs(options: argparse.Namespace, settings: Settings, console: Console) -> None:
    _place(settings, console).logs(options.services, follow=options.follow, lines=options.lines)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
