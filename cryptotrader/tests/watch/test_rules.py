"""Prometheus' rules: they ask for series that exist, and each alert leads to its entry in the runbook."""

import re
from importlib import import_module

import pytest
import yaml
from django_prometheus.middleware import Metrics
from prometheus_client import REGISTRY

from cryptotrader.documents import anchor
from cryptotrader.local.home import ROOT
from cryptotrader.tests.support.promql import TEST_FILES, alerts, metrics_in, recorded, rules
from cryptotrader.tests.watch.exporters import OF_EXPORTERS
from cryptotrader.watch.alertmanager import BASE
from cryptotrader.watch.dashboards import expressions
from monitoring.domain.faults import FaultCode
from monitoring.metrics.families import DECLARED

RUNBOOK = (ROOT / "docs" / "runbook.md").read_text()
SECTION = RUNBOOK.partition("\n## Alerts\n")[2]
NAMES = [rule["alert"] for rule in alerts()]
_LABEL = re.compile(r"\$labels\.(\w+)")


def known() -> set[str]:
    """The names of all series that the platform and the exporters can have."""
    for module in ("accounts.metrics", "trading.metrics", "cryptotrader.metering.tasks", "monitoring.host.process"):
        import_module(module)  # counters register themselves
    Metrics.get_instance()
    return set(REGISTRY._names_to_collectors) | set(DECLARED) | recorded() | OF_EXPORTERS | {"ALERTS", "up"}


def test_the_names_in_an_expression_are_found() -> None:
    asked = 'sum by (le, job) (rate(a_bucket{le="0.25",view=~"b|c"}[5m])) > on (x) group_left () 2e9 * d:e:f offset 1d'
    assert metrics_in(asked) == {"a_bucket", "d:e:f"}
    assert metrics_in("max(a{x='1'} or vector(0)) > bool 14.4 and time() - b < 86400") == {"a", "b"}


def test_every_series_in_rules_and_dashboards_exists() -> None:
    asked = [rule["expr"] for rule in rules()] + expressions()
    assert len(asked) > 150
    names = known()
    assert sorted({name for expression in asked for name in metrics_in(expression)} - names) == []


def test_each_recorded_series_is_asked_for() -> None:
    asked = {name for rule in rules() for name in metrics_in(rule["expr"])}
    assert sorted(recorded() - asked - {name for each in expressions() for name in metrics_in(each)}) == []


def test_each_alert_has_a_name_of_its_own() -> None:
    assert len(NAMES) == len(set(NAMES)) > 50


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_says_what_is_wrong_and_where_to_read_on(rule: dict[str, dict[str, str]]) -> None:
    notes = rule["annotations"]
    assert set(rule["labels"]) == {"severity", "area"}
    assert rule["labels"]["severity"] in {"critical", "warning", "none"}
    assert set(notes) == {"summary", "description", "runbook_url"}
    place = str(rule["alert"]).lower()
    assert notes["runbook_url"] == "{{ $externalLabels.runbook }}#" + place
    assert place in {anchor(heading) for heading in re.findall(r"(?m)^#### (.+)$", SECTION)}
    entry = SECTION.partition(f"#### {rule['alert']}\n")[2].partition("\n#")[0]
    assert all(word in entry for word in ("*Means*", "*Look*", "ix*"))


# A label that the rule's own matchers or aggregation don't name comes from the series: here are the ones meant so.
FROM_SERIES = {
    "instance", "job", "rule_group", "mountpoint", "datname", "state", "about", "code", "integration", "place",
    "instrument", "book", "site",
}  # fmt: skip


@pytest.mark.parametrize("rule", alerts(), ids=lambda rule: str(rule["alert"]))
def test_an_alert_names_only_labels_that_it_has(rule: dict[str, str]) -> None:
    named = set(_LABEL.findall(" ".join(dict(rule["annotations"]).values())))  # type: ignore[arg-type]
    kept = {word for found in re.findall(r"\bby \(([^)]*)\)", rule["expr"]) for word in re.findall(r"\w+", found)}
    assert named - kept - FROM_SERIES - ({"slo"} if "slo:" in rule["expr"] else set()) == set()


def test_the_runbook_describes_no_alert_that_is_gone() -> None:
    assert sorted(re.findall(r"(?m)^#### (.+)$", SECTION)) == sorted(NAMES)


def test_each_fault_has_an_alert() -> None:
    table = {
        code: alert
        for codes, alert in re.findall(r"(?m)^\| (`[^|]+) \| \[(\w+)\]", SECTION)
        for code in re.findall(r"`([a-z-]+)`", codes)
    }
    assert set(table) == {str(code) for code in FaultCode}
    assert set(table.values()) <= set(NAMES)
    others = next(rule["expr"] for rule in alerts() if rule["alert"] == "FaultUnnamed")
    assert set(re.findall(r'code!~"([^"]+)"', others)[0].split("|")) == set(table)


def test_each_alert_has_a_test_of_its_time_to_fire() -> None:
    fired = {name for path in TEST_FILES for name in re.findall(r'\{alertname="(\w+)"\}', path.read_text())}
    assert sorted(set(NAMES) - fired - {"Watchdog"}) == []


def test_alertmanager_knows_the_alerts_that_it_holds_back() -> None:
    configuration = yaml.safe_load(BASE.read_text())
    matchers = [
        matcher
        for rule in configuration["inhibit_rules"]
        for matcher in [*rule["source_matchers"], *rule["target_matchers"]]
    ]
    words = [word for matcher in matchers for word in re.findall(r'"(.*)"', matcher)[0].split("|")]
    assert len(words) > 40
    assert [word for word in words if not any(re.fullmatch(word, name) for name in NAMES)] == []
