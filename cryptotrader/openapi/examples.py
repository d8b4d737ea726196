"""The examples of the description: answers that a server has really given (`test_openapi_examples.py` records them)."""

from functools import cache
from pathlib import Path
from typing import Any

from accounts.domain.json_text import read_json

FILE = Path(__file__).with_name("examples.json")


@cache
def examples() -> dict[str, Any]:
    """The bodies by method, path and status: `GET /api/v1/time 200`."""
    found = read_json(FILE.read_bytes()) if FILE.exists() else {}
    return found if isinstance(found, dict) else {}
