"""`python -m cryptotrader.start.drain`: lets the clients of this container's process go. Without Django."""

import argparse
import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from accounts.management.arguments import OneLineParser, seconds
from cryptotrader.start.records import Records

HELP = """\
Ask the server of this place (START_DIRECTORY) to let its clients go: /api/health/ready answers 503 "draining", and
sockets close one after the other with code 1012. Requests are answered as before. SIGTERM comes afterwards.

exit codes: 0 done, 2 usage
"""


def main(arguments: Sequence[str]) -> int:
    """Runs the command line, and returns the exit code."""
    parser = OneLineParser(
        prog="python -m cryptotrader.start.drain",
        description=HELP,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--undo", action="store_true", help="take clients again")
    parser.add_argument("--wait", type=seconds, default=0, metavar="SECONDS", help="then wait so long (a preStop hook)")
    options = parser.parse_args(arguments)
    order(Records.of(os.environ).drain, undo=options.undo)
    time.sleep(options.wait)
    return 0


def order(file: Path, *, undo: bool = False) -> None:
    """Writes or removes the file that the server looks for."""
    if undo:
        file.unlink(missing_ok=True)
    else:
        file.touch()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
