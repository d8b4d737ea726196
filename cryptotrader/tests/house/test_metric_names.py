"""The runbook lists each metric that is exported, with its labels, and no other."""

import re

from prometheus_client import REGISTRY
from prometheus_client.metrics import MetricWrapperBase

from cryptotrader.local.home import ROOT
from monitoring.metrics.families import DECLARED

ROW = re.compile(r"^\| `(cryptotrader_\w+)(?:\{([\w,]+)\})?` \|", re.MULTILINE)


def documented() -> list[tuple[str, frozenset[str]]]:
    paragraphs = (ROOT / "docs" / "runbook.md").read_text().split("\n\n")
    rows = [row for each in paragraphs if each.startswith("| Metric |") for row in ROW.findall(each)]
    return [(name, frozenset(labels.split(",")) - {""}) for name, labels in rows]


def counted() -> dict[str, frozenset[str]]:
    """The metrics that processes count themselves."""
    found = {}
    for collector in REGISTRY._collector_to_names:
        if isinstance(collector, MetricWrapperBase) and collector._name.startswith("cryptotrader_"):
            name = collector._name + ("_total" if collector._type == "counter" else "")
            found[name] = frozenset(collector._labelnames)
    return found


def test_the_runbook_has_a_row_for_each_metric() -> None:
    rows = documented()
    exported = counted() | {name: frozenset(family.labels) for name, family in DECLARED.items()}
    assert len(exported) > 40
    assert dict(rows) == exported
    assert len(rows) == len(dict(rows))


def test_a_metric_is_documented_with_its_help() -> None:
    assert [name for name, family in DECLARED.items() if not family.help] == []
