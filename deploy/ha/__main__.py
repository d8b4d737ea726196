"""The command line: `python -m deploy.ha`, or `make failover`."""

import argparse
import json
import shutil
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from cryptotrader.local.home import DEFAULT_HOME, AlreadyRunning, locked
from cryptotrader.local.ports import PortError
from cryptotrader.local.processes import adopt_orphans
from cryptotrader.local.server import StartError
from deploy.ct.arguments import OneLineParser, whole
from deploy.ha.faults import FAULTS
from deploy.ha.forms import TIMES, Times
from deploy.ha.nodes import Failed
from deploy.ha.rehearse import Rehearsal, Wanted
from deploy.ha.stores import find_programs

DONE, DISPROVED, USAGE, MISSING, BUSY, INTERRUPTED = 0, 1, 2, 4, 5, 130

HELP = """\
Prove that the platform survives the loss of a server of its stores, as processes of this host: three members of etcd,
three nodes of PostgreSQL under Patroni with a synchronous standby, HAProxy, a Redis with a replica and three sentinels;
and on them two servers, two feeds, two settlers, two beats and a worker, while traders order. Servers are lost one
after the other, and each is repaired before the next loss:

{faults}
Afterwards every acknowledged order must be stored once, and answered with the same trade when it is sent again; each
trade settled, the ledger balanced, the chain of prices unbroken, and no process of the platform ended. It takes about
ten minutes, 3 GB of memory and 3 GB below --home, which is emptied first. Servers of other runs aren't touched.

exit codes: 0 proved, 1 disproved or failed, 2 usage, 4 a program is missing, 5 another rehearsal runs in --home,
            130 interrupted
"""


def main(arguments: Sequence[str]) -> int:
    """Runs the command line, and returns the exit code."""
    options = _parser().parse_args(arguments)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    home: Path = options.home.resolve()
    try:
        programs = find_programs(options.patroni)
    except (Failed, StartError) as missing:
        sys.stderr.write(f"failover: {missing}\n")
        return MISSING
    try:
        times = Times(options.ttl, options.loop_wait, options.retry_timeout)
    except ValueError as broken:
        sys.stderr.write(f"failover: {broken}\n")
        return USAGE
    wanted = Wanted(options.faults, options.traders, options.pause, options.settle, times)
    try:
        with locked(home):
            _empty(home)
            adopt_orphans()
            told = Rehearsal(home, programs, wanted, _Progress()).run()
    except AlreadyRunning:
        sys.stderr.write(f"failover: another rehearsal runs in {home}\n")
        return BUSY
    except (Failed, PortError) as failed:
        sys.stderr.write(f"failover: {failed}; the logs are in {home / 'log'}\n")
        return DISPROVED
    except KeyboardInterrupt:
        sys.stderr.write("failover: interrupted; everything has ended\n")
        return INTERRUPTED
    _print(told, as_json=options.json)
    return DISPROVED if told["faults"] else DONE


class _Progress:
    """Tells on stderr what happens, with the seconds since the beginning."""

    def __init__(self) -> None:
        self._began = time.monotonic()

    def __call__(self, text: str) -> None:
        sys.stderr.write(f"[{time.monotonic() - self._began:5.0f} s] {text}\n")
        sys.stderr.flush()


def _print(told: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        sys.stdout.write(json.dumps(told) + "\n")
        return
    for loss in told["losses"]:  # type: ignore[attr-defined]
        sys.stdout.write(f"\n{loss.pop('fault')}\n" + "".join(f"  {name}: {value}\n" for name, value in loss.items()))
    sys.stdout.write("\nwhole\n")
    for name, value in told["whole"].items():  # type: ignore[attr-defined]
        sys.stdout.write(f"  {name}: {value}\n")
    for fault in told["faults"]:  # type: ignore[attr-defined]
        sys.stdout.write(f"NOT AS IT MUST BE: {fault}\n")
    if not told["faults"]:
        sys.stdout.write("Proved: no order was lost or doubled\n")


def _empty(home: Path) -> None:
    for path in home.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != "lock":
            path.unlink()


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _faults(text: str) -> list[str]:
    wanted = [word for word in text.split(",") if word]
    if unknown := [word for word in wanted if word not in FAULTS]:
        raise argparse.ArgumentTypeError(f"unknown: {', '.join(unknown)}; there are {', '.join(FAULTS)}")
    return wanted


def _parser() -> argparse.ArgumentParser:
    told = "".join(f"  {name:<10} {cause.__doc__}\n" for name, cause in FAULTS.items())
    parser = OneLineParser(
        prog="python -m deploy.ha",
        description=HELP.format(faults=told),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    add = parser.add_argument
    add("--faults", type=_faults, default=list(FAULTS), metavar="NAME,…", help="these alone, in this order (all)")
    add("--traders", type=whole(1), default=6, help="people who order all the time (6)")
    add("--pause", type=float, default=0.2, metavar="SECONDS", help="between two orders of a person (0.2)")
    add("--settle", type=float, default=20, metavar="SECONDS", help="of orders before each loss and repair (20)")
    ttl, look, again = TIMES.ttl, TIMES.loop_wait, TIMES.retry_timeout
    add("--ttl", type=whole(1), default=ttl, help=f"seconds after which Patroni replaces a silent primary ({ttl})")
    add("--loop-wait", type=whole(1), default=look, help=f"seconds between two looks of Patroni ({look})")
    add("--retry-timeout", type=whole(1), default=again, help=f"seconds of asking etcd and PostgreSQL ({again})")
    add("--patroni", metavar="PROGRAM", help="the program of another version of Patroni")
    add("--home", type=Path, default=DEFAULT_HOME / "failover", help="data and logs (var/failover)")
    add("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
