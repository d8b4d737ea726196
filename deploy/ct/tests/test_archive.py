"""`ct backup` and `ct restore`: what they pass on to manage.py."""

from pathlib import Path

import pytest

from deploy.ct.__main__ import main
from deploy.ct.outcome import Exit


@pytest.mark.parametrize(
    ("words", "command"),
    [
        (["backup", "--last", "--json"], "manage.py backup --last --json"),
        (["backup", "--base", "--json"], "manage.py base_backup --json"),
        (["restore", "x", "--verify-only"], "manage.py restore --verify-only x"),
        (
            ["restore", "--to", "2026-01-31T14:03:00Z", "--no-input"],
            "manage.py restore --no-input --to 2026-01-31T14:03:00Z",
        ),
        (["restore", "--back"], "manage.py restore --back"),
        (["restore", "--back", "kept"], "manage.py restore --back kept"),
    ],
)
def test_backup_and_restore_pass_their_options_on(
    tmp_path: Path, words: list[str], command: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for backend in ("compose", "host"):
        given = {"CT_HOME": str(tmp_path), "CT_BACKEND": backend}
        assert main(["--dry-run", *words], given) == Exit.DONE
        assert f"would: {command}\n" in capsys.readouterr().err
        assert main(words, given) == Exit.USAGE
        assert "nothing is deployed here" in capsys.readouterr().err
