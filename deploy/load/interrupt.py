"""Kills a deployment at each of its steps, and runs it again: `python -m deploy.load.interrupt COMMAND…`."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence

STEP = re.compile(r"==> (?!back:)(\w+):")
MOMENT_SECONDS = 0.5
"""Then a step with containers is under way."""


def interrupt(command: Sequence[str], environ: Mapping[str, str], moment: float = 0.0) -> tuple[int, list[str]]:
    """Runs a command of `ct` until it ends by itself. Returns its exit code, and the steps at which it was killed.

    `moment`: seconds from the beginning of a step to its death.
    """
    met: list[str] = []
    while True:
        step, code = _run(command, environ, met, moment)
        if step is None:
            return code, met
        met.append(step)


def _run(
    command: Sequence[str], environ: Mapping[str, str], met: Collection[str], moment: float
) -> tuple[str | None, int]:
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True) as process:  # noqa: S603
        assert process.stderr is not None  # noqa: S101
        for line in process.stderr:
            sys.stderr.write(line)
            found = STEP.match(line)
            if found and found[1] not in met:
                time.sleep(moment)
                process.kill()
                sys.stderr.write(f"!!! killed at {found[1]}\n")
                return found[1], -9
    return None, process.returncode


if __name__ == "__main__":
    last, killed = interrupt(sys.argv[1:], os.environ, MOMENT_SECONDS)
    sys.stderr.write(f"killed at {len(killed)} steps: {', '.join(killed)}\n")
    sys.exit(last)
