"""`ct doctor`: what it finds on a host."""

import json
from pathlib import Path

import pytest

from deploy.ct.__main__ import main
from deploy.ct.keys import keep_keys
from deploy.ct.outcome import Exit


@pytest.mark.process
def test_the_doctor_of_a_host_names_missing_stores_and_what_it_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    keep_keys(tmp_path / "development" / "secrets", deployed=False)
    (tmp_path / "development" / "secrets" / "redis_queue_url").write_text("redis://a.example")
    environ = {"CT_HOME": str(tmp_path), "CT_BACKEND": "host", "HTTPS_PORT": "1"}
    assert main(["--json", "doctor"], environ) == Exit.FAULTS
    faults = json.loads(capsys.readouterr().out)["faults"]
    missing = [fault.partition(" is missing")[0].rpartition("/")[2] for fault in faults if " is missing" in fault]
    assert missing == [
        *(f"database_url_{name}" for name in ("app", "owner", "feed", "settler", "backup")),
        "redis_cache_url",
    ]
    [unanswered] = [fault for fault in faults if "refused" in fault]
    assert unanswered.startswith("https://localhost:8443, asked at 127.0.0.1:1, shows no certificate: ")
