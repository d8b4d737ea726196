"""`ct backup` and `ct restore`: the platform's own commands, with the logins that they need."""

import argparse
from collections.abc import Callable

from deploy.ct.backend import Backend
from deploy.ct.console import Console
from deploy.ct.settings import Settings

Place = Callable[[Settings, Console], Backend]
SWITCHES = ("verify_only", "other_keys", "no_input")


def add_archive(actions: "argparse._SubParsersAction[argparse.ArgumentParser]", place: Place) -> None:
    """Adds the two commands. Their exit codes are those of manage.py's."""
    made = actions.add_parser("backup", help="make a backup now, while the site runs")
    kind = made.add_mutually_exclusive_group()
    kind.add_argument("--last", action="store_true", help="make none: tell the last good one, and its age")
    kind.add_argument("--base", action="store_true", help="a base backup, from which the archived log can be played")
    made.set_defaults(act=lambda options, settings, console: _backup(options, place(settings, console), console))
    back = actions.add_parser("restore", help="restore beside the database, verify, and exchange the two")
    which = back.add_mutually_exclusive_group(required=True)
    which.add_argument("backup", nargs="?", help="the name of a backup")
    which.add_argument("--to", metavar="TIME", help="to just before this moment, by the archived log")
    which.add_argument("--from", dest="source", metavar="URL", help="the database of another server, at rest")
    which.add_argument("--back", nargs="?", const=True, metavar="NAME", help="put the database before the restore back")
    back.add_argument("--verify-only", action="store_true", help="do all but the exchange")
    back.add_argument("--other-keys", action="store_true", help="take a backup sealed with other ENCRYPTION_KEYS")
    back.add_argument("--no-input", action="store_true", help="don't ask")
    back.set_defaults(act=lambda options, settings, console: _restore(options, place(settings, console), console))


def _backup(options: argparse.Namespace, place: Backend, console: Console) -> None:
    words = [*(["--last"] if options.last else []), *(["--json"] if options.json else [])]
    command = "base_backup" if options.base else "backup"
    if console.would(f"manage.py {command} {' '.join(words)}".rstrip()):
        (place.base_backup if options.base else place.backup)(words)


def _restore(options: argparse.Namespace, place: Backend, console: Console) -> None:
    words = restore_words(options)
    if console.would(f"manage.py restore {' '.join(words)}"):
        place.restore(words)


def restore_words(options: argparse.Namespace) -> list[str]:
    """Returns the words for manage.py restore."""
    words = [f"--{name.replace('_', '-')}" for name in SWITCHES if getattr(options, name)]
    words += ["--json"] if options.json else []
    for name, value in (("--to", options.to), ("--from", options.source)):
        words += [name, value] if value is not None else []
    if options.back is not None:
        words += ["--back", *([options.back] if options.back is not True else [])]
    return words + ([options.backup] if options.backup is not None else [])
