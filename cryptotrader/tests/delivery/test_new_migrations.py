import subprocess
from pathlib import Path

import pytest

from cryptotrader.new_migrations import added_since, last_release, names


def _commit(root: Path, *paths: str) -> None:
    for path in paths:
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text("")
    _git(root, "add", "--all")
    _git(root, "commit", "--quiet", "--message", "a commit")


def _git(root: Path, *arguments: str) -> None:
    who = ("-c", "user.name=alice", "-c", "user.email=alice@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, *arguments], cwd=root, check=True)


@pytest.mark.process
def test_it_finds_the_migrations_since_the_last_release(tmp_path: Path) -> None:
    _git(tmp_path, "init", "--quiet")
    _commit(tmp_path, "trading/migrations/0001_tables.py")
    assert last_release(tmp_path) is None
    _git(tmp_path, "tag", "v1.0.0")
    _commit(tmp_path, "trading/migrations/0002_caps.py", "trading/migrations/__init__.py", "trading/caps.py")
    assert last_release(tmp_path) == "v1.0.0"
    added = added_since("v1.0.0", tmp_path)
    assert names(added) == [("trading", "0002_caps")]
