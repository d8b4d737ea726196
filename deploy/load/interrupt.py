"""Kills a deployment at each of its steps, and runs it again: `python -m deploy.load.interrupt COMMAND…`."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Collection, Mapping, Sequence

STEP = re.compile(r"==> (\w+):")
MOMENT_SECONDS = 0.5
"""After the beginning of a step: then it is under way."""


def interrupt(command: Sequence[str], environ: Mapping[str, str]) -> tuple[int, list[str]]:
    """Runs a command of `ct` until it ends by itself. Returns its exit code, and the steps at which it was killed."""
    met: list[str] = []
    while True:
        step, code = _run(command, environ, met)
        if step is None:
            return code, met
        met.append(step)


def _run(command: Sequence[str], environ: Mapping[str, str], met: Collection[str]) -> tuple[str | None, int]:
    process = subprocess.Popen(command, env=environ, stderr=subprocess.PIPE, text=True)  # noqa: S603  (the operator's)
    assert process.stderr is not None  # noqa: S101
    for line in process.stderr:
        sys.stderr.write(line)
        found = STEP.match(line)
        if found and found[1] not in met:
            time.sleep(MOMENT_SECONDS)
            process.kill()
            process.wait()
            process.stderr.close()
            sys.stderr.write(f"!!! killed at {found[1]}\n")
            return found[1], -9
    process.stderr.close()
    return None, process.wait()


if __name__ == "__main__":
    last, killed = interrupt(sys.argv[1:], os.environ)
    sys.stderr.write(f"killed at {len(killed)} steps: {', '.join(killed)}\n")
    sys.exit(last)
