"""Whether this process is being left: a proxy sends it nothing more, and its sockets go to another process."""

import os
from pathlib import Path

DRAIN_FILE = "DRAIN_FILE"
"""The variable with the path of a file. While the file is there, the process is drained. Unset, where nobody drains."""


def is_draining() -> bool:
    """Whether `python -m cryptotrader.start.drain` has asked this process to let its clients go."""
    path = os.environ.get(DRAIN_FILE)
    return bool(path) and Path(str(path)).exists()
