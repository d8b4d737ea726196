"""Reads Prometheus' rules and the names in its expressions."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from cryptotrader.local.home import ROOT

PROMETHEUS = ROOT / "deploy" / "prometheus"
RULE_FILES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TEST_FILES = sorted((PROMETHEUS / "tests").glob("*.yml"))
Rule = Mapping[str, Any]

_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_LABELS = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_WORDS = {"and", "or", "unless", "bool", "by", "without", "on", "ignoring", "offset", "group_left", "group_right"}
_NAME = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*(?!\s*\()(?![a-zA-Z0-9_:])")


def rules() -> Iterator[Rule]:
    """Yields every rule of every file."""
    for path in RULE_FILES:
        for group in yaml.safe_load(path.read_text())["groups"]:
            yield from group["rules"]


def alerts() -> list[Rule]:
    return [rule for rule in rules() if "alert" in rule]


def recorded() -> set[str]:
    """The names of the recorded series."""
    return {rule["record"] for rule in rules() if "record" in rule}


def metrics_in(expression: str) -> set[str]:
    """The names of series in an expression, recorded ones too."""
    bare = re.sub(r"\{[^{}]*\}", "", _TEXT.sub("", expression))
    bare = _LABELS.sub("", re.sub(r"\[[^\]]*\]", "", bare))
    bare = re.sub(r"\b\d+(?:\.\d+)?(?:e\d+|[smhdwy])?\b", "", bare)
    return {name for name in _NAME.findall(bare) if name not in _WORDS}
