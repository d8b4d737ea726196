"""`make lint-migrations`: reads the SQL of migrations since the last release, for locks and breaks of a running site.

While a release is rolled out, the old program runs on the new schema: a migration only adds, and locks nothing for
long. The rules are squawk's (`.squawk.toml`).
"""

import os
import subprocess
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from cryptotrader.local.home import ROOT


def last_release(root: Path) -> str | None:
    """The newest tag `v…` before HEAD; None before the first release."""
    found = _git(root, "describe", "--tags", "--abbrev=0", "--match", "v[0-9]*")
    return found[0] if found else None


def added_since(release: str, root: Path) -> list[str]:
    """The paths of the migrations that this commit has and the release doesn't."""
    paths = _git(root, "diff", "--name-only", "--diff-filter=A", release, "HEAD", "--", "*/migrations/[0-9]*.py")
    return sorted(paths)


def names(paths: Iterable[str]) -> list[tuple[str, str]]:
    """The app and the name of each migration."""
    return [(Path(path).parts[0], Path(path).stem) for path in paths]


def main(root: Path = ROOT) -> int:
    """Print squawk's findings; return 0 without any, 1 otherwise."""
    release = last_release(root)
    if release is None:
        print("no release yet: a migration can still change without harm")  # noqa: T201
        return 0
    found = names(added_since(release, root))
    print(f"{len(found)} migrations since {release}")  # noqa: T201
    return max((_lint(app, name, root) for app, name in found), default=0)


def _lint(app: str, name: str, root: Path) -> int:
    shown = subprocess.run(  # noqa: S603
        [sys.executable, "manage.py", "sqlmigrate", app, name], cwd=root, capture_output=True, text=True, check=True
    )
    squawk = [os.environ.get("SQUAWK", "squawk"), "--stdin-filepath", f"{app}/{name}.sql"]
    return min(1, subprocess.run(squawk, cwd=root, input=shown.stdout, text=True, check=False).returncode)  # noqa: S603


def _git(root: Path, *arguments: str) -> Sequence[str]:
    ran = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return ran.stdout.splitlines() if ran.returncode == 0 else []


if __name__ == "__main__":
    sys.exit(main())
