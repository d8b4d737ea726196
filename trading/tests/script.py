"""The stand-alone program that traders check proofs with: as a module, and as traders run it."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from types import ModuleType

SCRIPT = Path(__file__).parents[2] / "static" / "verify" / "verify_trade.py"


def load_script() -> ModuleType:
    """The stand-alone script, as a module."""
    spec = importlib.util.spec_from_file_location("verify_trade_script", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run_script(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run it like a trader, in a Python without the platform."""
    call = [sys.executable, "-I", str(SCRIPT), *map(str, arguments)]
    return subprocess.run(call, capture_output=True, text=True, check=False, cwd="/")
