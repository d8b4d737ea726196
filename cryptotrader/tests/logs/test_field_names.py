"""Each line of ours names its facts by listed fields, in plain words: else they would be left out where it runs."""

import ast
from collections.abc import Iterator
from pathlib import Path

from cryptotrader.logs.fields import FIELDS
from cryptotrader.tests.house.test_architecture import ROOT, SOURCES

METHODS = {"debug", "info", "warning", "error", "exception", "log"}
TAKEN = {"exc_info", "outage"}
"""Processors of ours take these out of the event."""


def calls(path: Path) -> Iterator[ast.Call]:
    """Yields each call of a logger, and of the steps that log after a commit."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call) and (_is_of_a_logger(node.func) or _is_the_step(node.func)):
            yield node


def _is_of_a_logger(function: ast.expr) -> bool:
    return isinstance(function, ast.Attribute) and function.attr in METHODS and ast.unparse(function.value) == "log"


def _is_the_step(function: ast.expr) -> bool:
    return isinstance(function, ast.Name) and function.id == "log_on_commit"


def test_each_fact_has_a_listed_name() -> None:
    shown, unknown = 0, []
    for path in SOURCES:
        if "tests" not in path.parts:
            for call in calls(path):
                shown += 1
                names = {keyword.arg for keyword in call.keywords if keyword.arg}
                unknown += [f"{path.relative_to(ROOT)}:{call.lineno} {name}" for name in names - FIELDS.keys() - TAKEN]
    assert shown > 60
    assert unknown == []
