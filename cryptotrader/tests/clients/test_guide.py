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
from cryptotrader.tests.clients.test_generated_clients import HERE, trader
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.support.node import NODE

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


def made_key(site: Site, *, mode: str) -> dict[str, str]:
    """A key of the demo's trader that may read and trade."""
    person = trader(site)
    login: dict[str, object] = {"email": person["EMAIL"], "password": person["PASSWORD"]}
    token = call(site, "/api/v1/auth/token", login)["access"]
    terms: dict[str, object] = {"name": mode, "scopes": ["read", "trade"], "mode": mode, "password": login["password"]}
    return call(site, "/api/v1/api-keys", terms, Authorization=f"Bearer {token}")


def test_the_commands_of_the_guide_run_one_after_the_other(site: Site, tmp_path: Path) -> None:
    (tmp_path / "var").symlink_to(site.home)
    commands = blocks(GUIDE, "sh")
    assert len(commands) > 20
    told = run(["bash"], site, tmp_path, STRICT + "".join(commands))
    assert "Idempotency-Replayed: true" in told.replace("idempotency-replayed", "Idempotency-Replayed")


def test_the_program_of_the_guide_signs_and_trades(site: Site, tmp_path: Path) -> None:
    (program,) = blocks(GUIDE, "python")
    made = made_key(site, mode="hmac")
    keys = {"SERVER": site.address, "API_KEY": made["prefix"], "API_SECRET": made["secret"]}
    told = run([sys.executable, "-"], site, tmp_path, program, **keys).splitlines()
    assert told[0].startswith("USDT demo")
    assert told[-2].endswith("pending")


def test_the_typescript_program_of_the_guide_trades_and_keeps_its_receipt(site: Site, tmp_path: Path) -> None:
    assert NODE is not None
    (program,) = blocks(GUIDE, "ts")
    (tmp_path / "bot.mts").write_text(program)
    check_types(tmp_path)
    key = made_key(site, mode="bearer")["secret"]
    keys = {"SERVER": site.address, "API_KEY": key}
    told = run([str(NODE), "bot.mjs"], site, tmp_path, "", **keys).splitlines()
    assert told[0].startswith("pending until 20")
    assert told[1].split()[0] in ("won", "lost", "tied", "voided")
    assert told[2] == "its receipt is in the chain"


def check_types(folder: Path) -> None:
    """Compile it as its reader's editor does; the types of Node are not ours to install, so the few names are given."""
    (folder / "package.json").write_text('{"type": "module"}')
    (folder / "node.d.ts").write_text(
        'declare module "node:crypto" { export function randomUUID(): string; }\n'
        "declare const process: { env: Record<string, string | undefined> };\n"
    )
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")
    compiler = str(HERE / "node_modules" / ".bin" / "tsc")
    done = subprocess.run(
        [compiler, *strict, "bot.mts", "node.d.ts"], cwd=folder, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_program_of_streams_follows_a_trade_to_its_end(site: Site, tmp_path: Path) -> None:
    (program,) = blocks(STREAMS, "python")
    told = run([sys.executable, "-"], site, tmp_path, program)
    assert "settled" in told or any(word in told for word in ("won", "lost", "tied"))
