"""The examples of the guides run as they stand, one after the other, against a platform of `make run`."""

import json
import os
import re
import subprocess
import sys
import urllib.request
from pathlib import Path

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.tests.clients.test_generated_clients import trader
from cryptotrader.tests.journeys.site import Site

GUIDE, STREAMS = ROOT / "docs" / "api.md", ROOT / "docs" / "streams.md"
LOCAL = "127.0.0.1:8000"
STRICT = 'set -euo pipefail\ncurl() { command curl --fail-with-body "$@"; }\n'
"""A refused request ends the shell."""


def blocks(path: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", path.read_text(), re.MULTILINE | re.DOTALL)


def run(command: list[str], site: Site, cwd: Path, program: str, **environment: str) -> str:
    done = subprocess.run(
        command,
        input=program.replace(LOCAL, site.address.removeprefix("http://")),
        cwd=cwd,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=5 * PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr
    return done.stdout


def call(site: Site, path: str, body: dict[str, object], **headers: str) -> dict[str, str]:
    sent = {"Content-Type": "application/json", **headers}
    request = urllib.request.Request(site.address + path, json.dumps(body).encode(), sent)
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        found: dict[str, str] = json.load(answer)
        return found


def test_the_commands_of_the_guide_run_one_after_the_other(site: Site, tmp_path: Path) -> None:
    (tmp_path / "var").symlink_to(site.home)
    commands = blocks(GUIDE, "sh")
    assert len(commands) > 20
    told = run(["bash"], site, tmp_path, STRICT + "".join(commands))
    assert "Idempotency-Replayed: true" in told.replace("idempotency-replayed", "Idempotency-Replayed")


def test_the_program_of_the_guide_signs_and_trades(site: Site, tmp_path: Path) -> None:
    (program,) = blocks(GUIDE, "python")
    person = trader(site)
    login = {"email": person["EMAIL"], "password": person["PASSWORD"]}
    token = call(site, "/api/v1/auth/token", dict(login))["access"]
    terms: dict[str, object] = {
        "name": "guide",
        "scopes": ["read", "trade"],
        "mode": "hmac",
        "password": person["PASSWORD"],
    }
    made = call(site, "/api/v1/api-keys", terms, Authorization=f"Bearer {token}")
    keys = {"SERVER": site.address, "API_KEY": made["prefix"], "API_SECRET": made["secret"]}
    told = run([sys.executable, "-"], site, tmp_path, program, **keys).splitlines()
    assert told[0].startswith("USDT demo")
    assert told[-2].endswith("pending")


def test_the_program_of_streams_follows_a_trade_to_its_end(site: Site, tmp_path: Path) -> None:
    (program,) = blocks(STREAMS, "python")
    told = run([sys.executable, "-"], site, tmp_path, program)
    assert "settled" in told or any(word in told for word in ("won", "lost", "tied"))
