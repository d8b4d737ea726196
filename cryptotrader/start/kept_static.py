"""Keeps the static files of earlier releases, for pages that were loaded from them and go on in people's browsers."""

import os
import shutil
import time
from pathlib import Path

KEPT_SECONDS = 30 * 86_400


def keep_static(source: Path, kept: Path, *, now: float | None = None) -> int:
    """Copies what `kept` lacks, and removes what no release of the last 30 days had. Returns the number of new files.

    Names carry a hash of the content, so a file that is there is the same. A copy appears under its name when it is
    complete.
    """
    moment = time.time() if now is None else now
    new = 0
    for path in (path for path in source.rglob("*") if path.is_file()):
        target = kept / path.relative_to(source)
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            unfinished = target.with_name(f"{target.name}.part")
            shutil.copyfile(path, unfinished)
            unfinished.replace(target)
            new += 1
        os.utime(target, (moment, moment))
    for path in (path for path in kept.rglob("*") if path.is_file()):
        if path.stat().st_mtime < moment - KEPT_SECONDS:
            path.unlink()
    return new
