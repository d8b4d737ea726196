"""Kills a deployment at each of its steps, and runs it again: `python -m deploy.load.interrupt COMMAND…`."""

import re
import subprocess
import sys
import time

STEP = re.compile(r"==> (\w+):")
MOMENT_SECONDS = 0.5
"""After the beginning of a step: then it is under way."""


def main(command: list[str]) -> int:
    """Runs a command of `ct` until it ends by itself, and returns its exit code."""
    met: set[str] = set()
    while True:
        step, code = _run(command, met)
        if step is None:
            sys.stderr.write(f"killed at {len(met)} steps: {', '.join(sorted(met))}\n")
            return code
        met.add(step)


def _run(command: list[str], met: set[str]) -> tuple[str | None, int]:
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)  # noqa: S603  (the operator's own)
    assert process.stderr is not None  # noqa: S101
    for line in process.stderr:
        sys.stderr.write(line)
        found = STEP.match(line)
        if found and found[1] not in met:
            time.sleep(MOMENT_SECONDS)
            process.kill()
            process.wait()
            sys.stderr.write(f"!!! killed at {found[1]}\n")
            return found[1], -9
    return None, process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
