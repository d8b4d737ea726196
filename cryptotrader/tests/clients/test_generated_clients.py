"""Clients that are generated from the description do the main job, as they come out of their generators."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.openapi.views import FILE
from cryptotrader.tests.journeys.site import Site
from cryptotrader.tests.support.node import NODE

HERE = Path(__file__).parent
PASSWORD = "flash-trade-demo"
DONE = "pending stake-out-of-bounds\n"


def run(*command: str | Path, cwd: Path, **more: str) -> str:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(word) for word in command],
        cwd=cwd,
        env=os.environ | {"PATH": path} | more,
        capture_output=True,
        text=True,
        timeout=10 * PATIENCE_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def trader(site: Site) -> dict[str, str]:
    return {"SERVER": site.address, "EMAIL": "alice@example.com", "PASSWORD": PASSWORD}


def test_a_python_client_trades(site: Site, tmp_path: Path) -> None:
    (tmp_path / "names.yml").write_text("package_name_override: cryptotrader_client\npost_hooks: []\n")
    generator = Path(sys.executable).with_name("openapi-python-client")
    options = ("--path", FILE, "--output-path", "cryptotrader_client", "--meta", "none", "--config", "names.yml")
    told = run(generator, "generate", *options, "--fail-on-warning", cwd=tmp_path)
    assert "Warning" not in told
    assert run(sys.executable, HERE / "main_job.py", cwd=tmp_path, PYTHONPATH=str(tmp_path), **trader(site)) == DONE


def test_a_typescript_client_trades_and_its_types_hold(site: Site, tmp_path: Path) -> None:
    assert NODE is not None
    programs = HERE / "node_modules" / ".bin"
    (tmp_path / "node_modules").symlink_to(HERE / "node_modules")
    (tmp_path / "package.json").write_text('{"type": "module"}')
    shutil.copy(HERE / "main_job.ts", tmp_path)
    run(NODE, programs / "openapi-typescript", FILE, "-o", "schema.d.ts", cwd=tmp_path)
    strict = ("--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom,dom.iterable")
    run(NODE, programs / "tsc", *strict, "main_job.ts", cwd=tmp_path)
    assert run(NODE, "main_job.js", cwd=tmp_path, **trader(site)) == DONE
