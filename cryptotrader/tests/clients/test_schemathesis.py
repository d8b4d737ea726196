"""schemathesis sends the API what its description allows and what it forbids, and finds nothing.

`SCHEMATHESIS_SECONDS=1200` runs it for twenty minutes, `SCHEMATHESIS_PHASES=stateful` another part of it, and
`SCHEMATHESIS_SEED=2` other requests: those of the suite are the same each time, and tell of the change at hand.
"""

import json
import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT
from cryptotrader.tests.clients.test_generated_clients import trader
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.support.homes import furnish

SECONDS = int(os.environ.get("SCHEMATHESIS_SECONDS", "30"))
SEED = os.environ.get("SCHEMATHESIS_SEED", "1")
PHASES = os.environ.get("SCHEMATHESIS_PHASES", "examples,fuzzing")
UNLIMITED = "address=0,access=0,requests=0,orders=0,quotes=0"
ENDS_THE_SESSION = "logOut"


@pytest.fixture
def unlimited() -> Iterator[Site]:
    """A platform without rates, in which a token lives for a day."""
    with TemporaryDirectory(prefix="schemathesis-", ignore_cleanup_errors=True) as home:
        furnish(Path(home))
        running = Site(Path(home), RATES_A_MINUTE=UNLIMITED, JWT_ACCESS_EXPIRES_IN="1d")
        yield running
        running.stop()


def token_of(site: Site) -> str:
    person = trader(site)
    login = json.dumps({"email": person["EMAIL"], "password": person["PASSWORD"]}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{site.address}/api/v1/auth/token", login, headers)
    with urllib.request.urlopen(request, timeout=PATIENCE_SECONDS) as answer:
        return str(json.load(answer)["access"])


def test_it_finds_nothing(unlimited: Site, tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("st")), "--no-color", "--config-file", str(ROOT / "schemathesis.toml"),
        "run", f"{unlimited.address}/api/v1/schema", "--header", f"Authorization: Bearer {token_of(unlimited)}",
        "--exclude-operation-id", ENDS_THE_SESSION, "--phases", PHASES, "--max-time", str(SECONDS),
        "--seed", SEED,
        "--request-timeout", str(PATIENCE_SECONDS), "--continue-on-failure",
    ]  # fmt: skip
    limit = SECONDS + 10 * PATIENCE_SECONDS
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=limit, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
