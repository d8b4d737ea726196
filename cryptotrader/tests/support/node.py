"""Runs the pages' modules in Node, where a browser isn't needed: a tenth of a second instead of a page."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from accounts.tests.patience import PATIENCE_SECONDS
from cryptotrader.local.home import ROOT

JS = ROOT / "static" / "js"
# As in the Makefile: the Node of the system first, then that of requirements-node.txt.
NODE = shutil.which("node", path=os.pathsep.join([os.environ["PATH"], str(Path(sys.executable).parent)]))
LIMIT_SECONDS = PATIENCE_SECONDS
PROGRAM = """
const given = {given};
const load = (path) => import("{js}/" + path);
const answer = await (async () => {{ {body} }})();
process.stdout.write("\\n" + JSON.stringify(answer ?? null), () => process.exit(0));
"""


def in_node(body: str, given: object = None) -> Any:
    """Returns what the body of an asynchronous function returns, by way of JSON.

    It has `given`, and `load(path)`, which imports a module of static/js. Raises RuntimeError with what Node wrote, if
    it throws.
    """
    if NODE is None:
        raise RuntimeError("Node isn't installed: make install")
    program = PROGRAM.format(given=json.dumps(given), js=JS.as_uri(), body=body)
    command = [NODE, "--input-type=module", "-"]
    done = subprocess.run(command, input=program, capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False)
    if done.returncode:
        raise RuntimeError(done.stderr)
    return json.loads(done.stdout.rpartition("\n")[2])
