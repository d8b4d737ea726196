"""The release of this program: the version in its `pyproject.toml`, and its commit where git knows it."""

import subprocess
import tomllib

from django.conf import settings


def program_version() -> str:
    """Returns the version of this program."""
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text())["project"]
    return str(project["version"])


def program_commit() -> str:
    """Returns the commit of this checkout; empty without git or without a checkout."""
    command = ["git", "-C", str(settings.BASE_DIR), "rev-parse", "HEAD"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=10, check=False)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return told.stdout.strip() if told.returncode == 0 else ""
