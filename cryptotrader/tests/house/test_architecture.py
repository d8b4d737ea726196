"""Checks the house's rules: the allowed imports, and the sizes of files and functions."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
ROOMS = ("cryptotrader", "accounts", "trading", "monitoring", "deploy")
FILE_LINES_MAX, FUNCTION_LINES_MAX, FOLDER_FILES_MAX = 250, 40, 22
SOURCES = [
    path
    for room in ROOMS
    for path in sorted((ROOT / room).rglob("*.py"))
    if not {"migrations", "node_modules"} & set(path.relative_to(ROOT).parts)
]


def statements(node: ast.AST) -> Iterator[ast.AST]:
    """Yields all statements in it. Most of a tree are expressions: to leave them out is five times as fast."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.stmt | ast.excepthandler | ast.match_case):
            yield child
            yield from statements(child)


def functions(path: Path) -> Iterator[tuple[str, int]]:
    """Yields each function's name and its number of lines."""
    for node in statements(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node.name, (node.end_lineno or node.lineno) - node.lineno + 1


@pytest.mark.process
def test_rooms_and_layers_import_only_what_they_may() -> None:
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-logo", "--no-cache"]
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stdout


def test_there_is_something_to_look_at() -> None:
    assert len(SOURCES) > 100


def test_files_stay_small_and_have_a_subject() -> None:
    assert [str(path) for path in SOURCES if len(path.read_text().splitlines()) > FILE_LINES_MAX] == []
    assert [str(path) for path in SOURCES if path.stem in {"utils", "helpers", "common"}] == []


def test_functions_stay_small() -> None:
    found = [(str(path), name, lines) for path in SOURCES for name, lines in functions(path)]
    assert [each for each in found if each[2] > FUNCTION_LINES_MAX] == []


SERVICES = [path for path in SOURCES if path.relative_to(ROOT).parts[1] == "services" and path.stem != "__init__"]
STEPS = [path for path in SOURCES if path.relative_to(ROOT).parts[1] == "steps" and path.stem != "__init__"]
DOORS = {"admin", "api", "web", "streams", "gateway", "management", "tasks", "apps", "rest", "feeds", "bench", "demo"}


def layer_of(path: Path) -> str:
    """accounts/steps/lock_person.py -> steps"""
    return path.relative_to(ROOT).parts[1].removesuffix(".py")


@cache
def imports_of(path: Path) -> frozenset[str]:
    """Returns a file's imports: the modules, and the names in them, which may be modules too."""
    found = statements(ast.parse(path.read_text()))
    nodes = [node for node in found if isinstance(node, ast.ImportFrom) and node.module]
    return frozenset(
        name for node in nodes for name in (node.module or "", *(f"{node.module}.{each.name}" for each in node.names))
    )


def module_of(path: Path) -> str:
    """accounts/steps/lock_person.py -> accounts.steps.lock_person"""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imported_at_doors() -> set[str]:
    """Returns the modules that doors import, without tests. Apps connect receivers, so those count as called."""
    doors = [path for path in SOURCES if layer_of(path) in DOORS or path.is_relative_to(ROOT / "cryptotrader")]
    return {module for path in doors if "tests" not in path.parts for module in imports_of(path)}


def test_each_service_is_called_by_a_door() -> None:
    called = imported_at_doors()
    assert len(SERVICES) > 60
    assert [module_of(path) for path in SERVICES if module_of(path) not in called] == []


def expressions(path: Path, name: str) -> Iterator[ast.AST]:
    """Yields the syntax of a file that uses this name; of any other file nothing, without reading its syntax."""
    text = path.read_text()
    if name in text:
        yield from ast.walk(ast.parse(text))


def atomic_blocks(path: Path) -> Iterator[bool]:
    """Yields, for each `transaction.atomic(...)` of a file, whether it is durable, so that no caller can wrap it."""
    for node in expressions(path, "atomic"):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "atomic":
            yield any(keyword.arg == "durable" for keyword in node.keywords)


def test_only_services_open_a_transaction_of_their_own() -> None:
    """Except the benchmarks: they measure bare SQL."""
    elsewhere = [path for path in SOURCES if path not in SERVICES and not {"tests", "bench"} & set(path.parts)]
    assert [module_of(path) for path in elsewhere if any(atomic_blocks(path))] == []


def test_a_service_has_no_transaction_that_a_caller_may_wrap() -> None:
    """Code that runs inside a caller's transaction is a step. A service may use savepoints in its own transaction."""
    blocks = {module_of(path): list(atomic_blocks(path)) for path in SERVICES}
    assert [name for name, durable in blocks.items() if durable and not any(durable)] == []


def test_no_door_calls_a_step() -> None:
    """Except apps: they connect receivers, which run in the sender's transaction."""
    doors = [path for path in SOURCES if layer_of(path) in DOORS - {"apps"} and "tests" not in path.parts]
    steps = {module_of(path) for path in STEPS}
    assert len(steps) > 25
    assert [module_of(path) for path in doors if imports_of(path) & steps] == []


def json_readers() -> Iterator[str]:
    """Yields the modules that read JSON by Python's own reader."""
    for path in SOURCES:
        for node in expressions(path, "json"):
            is_reader = isinstance(node, ast.Attribute) and node.attr in {"loads", "load", "JSONDecoder"}
            if is_reader and ast.unparse(node) in {"json.loads", "json.load", "json.JSONDecoder"}:
                yield module_of(path)


def test_json_of_others_is_read_in_one_place() -> None:
    """Python's own reader takes NaN and repeated members. The others here read what this platform wrote itself.

    `deploy/` shares no code with the platform: an operator's machine has Python alone.
    """
    ours = {"accounts.domain.channels", "trading.feeds.recording"}
    found = {module for module in json_readers() if ".tests." not in module and not module.startswith("deploy.")}
    assert found == {"accounts.domain.json_text"} | ours


def test_no_module_has_the_name_of_a_folder_beside_it() -> None:
    """Else it depends on the order of imports whether the name means the module or the folder."""
    assert [module_of(path) for path in SOURCES if any(path.with_suffix("").rglob("*.py"))] == []


def test_a_folder_is_a_table_of_contents() -> None:
    """No folder of sources holds more than about 20 modules."""
    folders: dict[Path, int] = {}
    for path in [*SOURCES, *(ROOT / "static").rglob("*.js"), *(ROOT / "static" / "css").rglob("*.css")]:
        if path.stem != "__init__":
            folders[path.parent] = folders.get(path.parent, 0) + 1
    assert {str(folder.relative_to(ROOT)): count for folder, count in folders.items() if count > FOLDER_FILES_MAX} == {}
