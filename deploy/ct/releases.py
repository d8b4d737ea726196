"""Which release an environment runs. A release is the tag of an image."""

import re
import subprocess
import tomllib
from collections.abc import Sequence
from pathlib import Path

from deploy.ct import files
from deploy.ct.outcome import Exit, Stopped
from deploy.ct.settings import ROOT, Settings

_TAG = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}")


def running_release(settings: Settings) -> str | None:
    """Returns the release that was started last, or None."""
    path = settings.state / "release"
    return path.read_text(encoding="utf-8").strip() or None if path.exists() else None


def running_parts(settings: Settings) -> list[str]:
    """Returns the parts that run beside the platform, such as `monitoring`."""
    path = settings.state / "parts"
    return path.read_text(encoding="utf-8").split() if path.exists() else []


def note_release(settings: Settings, release: str) -> None:
    """Remembers the release that runs."""
    files.write(settings.state / "release", f"{release}\n")


def note_parts(settings: Settings, parts: Sequence[str]) -> None:
    """Remembers the parts that run beside the platform."""
    files.write(settings.state / "parts", " ".join(parts))


def wanted_release(settings: Settings, given: str | None) -> str:
    """Returns the release to start: the given one, CRYPTOTRADER_TAG, or that of this checkout.

    The checkout's is `version-commit`, with `-dirty` when files differ from the commit. Raises Stopped if the name
    can't be a tag.
    """
    release = given or settings.get("CRYPTOTRADER_TAG") or _of_checkout(ROOT)
    if not _TAG.fullmatch(release):
        raise Stopped(f"a release is named like 1.4.0, not {release!r}", Exit.USAGE)
    return release


def release_to_start(settings: Settings, given: str | None) -> str:
    """Returns the release for `ct up`: the given one, CRYPTOTRADER_TAG, or the one that runs; else the checkout's.

    So a renewed certificate never brings a newer checkout into service: `ct deploy` does. In development, where the
    sources are edited, it is always the checkout's. Raises Stopped if the name can't be a tag.
    """
    kept = None if settings.is_development else running_release(settings)
    return wanted_release(settings, given or settings.get("CRYPTOTRADER_TAG") or kept)


def version(root: Path) -> str:
    """Returns the version that the sources say they are."""
    return str(tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"])


def _of_checkout(root: Path) -> str:
    commit = _git(root, "rev-parse", "--short=10", "HEAD")
    if not commit:
        return version(root)
    changed = "-dirty" if _git(root, "status", "--porcelain", "--untracked-files=no") else ""
    return f"{version(root)}-{commit}{changed}"


def _git(root: Path, *words: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603
            ["git", "-C", str(root), *words],  # noqa: S607
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
