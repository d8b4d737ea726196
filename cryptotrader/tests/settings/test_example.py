"""`.env.example` has every variable that the code reads, and no other."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from cryptotrader.tests.house.test_architecture import SOURCES

ROOT = Path(settings.BASE_DIR)
READERS = {
    "text", "flag", "integer", "words", "networks", "choices", "origin", "seconds", "database", "redis", "rates",
    "address", "places", "matching", "time_of_day", "time_zone", "storage", "get", "_number", "_one_of",
}  # fmt: skip
MAPPINGS = {"os.environ", "environ", "env", "env_servers"}
NAME = re.compile(r"[A-Z][A-Z0-9_]{2,}")

NOT_OURS = {
    # The system's, and other programs'.
    "PATH", "PYTHONWARNINGS", "PROMETHEUS_MULTIPROC_DIR", "SENTRY_RELEASE", "SQUAWK",
    # A mark of one program of ours for another.
    "CRYPTOTRADER_HOME",
}  # fmt: skip
OF_MAKE = {
    "ENGINE",
    "IMAGE_ARGS",
    "IMAGE",
    "IMAGE_MB_MAX",
    "PYTHON",
    "VENV",
    "WORKERS",
    "PYTEST_ARGS",
    "BENCH_ARGS",
    "FAILOVER_ARGS",
    "UV_DEFAULT_INDEX",
    "PIP_INDEX_URL",
}
"""The Makefile reads these."""

COMPOSED = re.compile(r"(?<=^ALERT_WEBHOOK)_(URL|TOKEN)$|(?<=^ALERT_HEARTBEAT)_(URL|TOKEN)$")
"""The ends of names that cryptotrader/watch puts together."""

OF_LIBRARIES = {"OTEL_TRACES_SAMPLER", "OTEL_TRACES_SAMPLER_ARG"}
"""OpenTelemetry reads these itself."""


def variables_read() -> Iterator[str]:
    """Yields the names in calls such as env.text("NAME") and environ.get("NAME"), outside tests and deploy/."""
    for path in SOURCES:
        parts = path.relative_to(ROOT).parts
        if "tests" in parts or parts[0] == "deploy":
            continue
        text = path.read_text()
        for node in ast.walk(ast.parse(text)) if "env" in text else ():
            if isinstance(node, ast.Call):
                yield from _of_call(node)
            elif isinstance(node, ast.Subscript) and ast.unparse(node.value) in MAPPINGS:
                yield from _literals([node.slice])


def _of_call(node: ast.Call) -> Iterator[str]:
    function = node.func
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    owner = ast.unparse(function.value) if isinstance(function, ast.Attribute) else ""
    if name in READERS and (owner in MAPPINGS or not owner):
        yield from list(_literals(node.args[:2]))[:1]  # of `_number(environ, NAME, default)` the second, else the first


def _literals(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and NAME.fullmatch(node.value):
            yield node.value


def documented() -> set[str]:
    return set(re.findall(r"^#([A-Z][A-Z0-9_]+)=", (ROOT / ".env.example").read_text(), re.MULTILINE))


def test_each_variable_is_documented() -> None:
    read, known = set(variables_read()), documented() | NOT_OURS
    assert len(read) > 40
    assert sorted(name for name in read if not {name, name.removesuffix("_FILE")} & known) == []


def test_each_documented_variable_is_read() -> None:
    sources = "\n".join(path.read_text() for path in SOURCES if "tests" not in path.relative_to(ROOT).parts)
    names = (name.removesuffix("_FILE") for name in documented() - OF_MAKE - OF_LIBRARIES)
    assert sorted(name for name in names if COMPOSED.sub("", name) not in sources) == []
