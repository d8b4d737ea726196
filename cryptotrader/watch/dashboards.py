"""Makes Grafana's dashboards, in each language, of the definitions in deploy/grafana/definition."""

import json
from collections.abc import Iterator, Mapping, Sequence
from itertools import count
from pathlib import Path
from typing import Any

import yaml

from cryptotrader.watch.panels import Definition, panel, row, said

GRAFANA = Path(__file__).resolve().parents[2] / "deploy" / "grafana"
LANGUAGES = ("en", "ko")
WIDTH = 24
HEIGHT = 8
_ALERTS = {"en": "Alerts", "ko": "알림"}
_SOURCE = {"en": "Data source", "ko": "데이터 소스"}


def definitions() -> list[Definition]:
    """The definitions, one of each dashboard."""
    return [yaml.safe_load(path.read_text()) for path in sorted((GRAFANA / "definition").glob("*.yml"))]


def files() -> dict[Path, str]:
    """Each file of `deploy/grafana/dashboards` with the content that it has to have."""
    return {
        GRAFANA / "dashboards" / language / f"{definition['uid']}.json": json.dumps(
            dashboard(definition, language), ensure_ascii=False, indent=1
        )
        + "\n"
        for definition in definitions()
        for language in LANGUAGES
    }


def expressions() -> list[str]:
    """Every expression that a panel asks Prometheus for."""
    return [
        expression
        for definition in definitions()
        for part in definition["rows"]
        for each in part["panels"]
        for expression, _ in each["queries"]
    ]


def dashboard(definition: Definition, language: str) -> dict[str, Any]:
    """A dashboard as Grafana stores it: schema 38, of Grafana 10, which later ones migrate."""
    return {
        "uid": f"cryptotrader-{definition['uid']}-{language}",
        "title": said(definition["title"], language),
        "description": said(definition["description"], language),
        "tags": ["cryptotrader", language],
        "schemaVersion": 38,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "refresh": "10s",
        "time": {"from": "now-3h", "to": "now"},
        "timezone": "",
        "timepicker": {},
        "links": [],
        "annotations": {"list": [_alerts(language)]},
        "templating": {"list": [_source(language)]},
        "panels": list(_panels(definition["rows"], language)),
    }


def _panels(rows: Sequence[Mapping[str, Any]], language: str) -> Iterator[dict[str, Any]]:
    """Rows from top to bottom, their panels from left to right, in lines of 24 units."""
    ids, top = count(1), 0
    for part in rows:
        yield row(part, language, id=next(ids), top=top)
        top, left = top + 1, 0
        for each in part["panels"]:
            width = each.get("width", 8)
            if left + width > WIDTH:
                top, left = top + HEIGHT, 0
            place = {"x": left, "y": top, "w": width, "h": HEIGHT}
            yield panel(each, language, id=next(ids), place=place)
            left += width
        top += HEIGHT


def _source(language: str) -> dict[str, Any]:
    return {
        "name": "datasource",
        "label": _SOURCE[language],
        "type": "datasource",
        "query": "prometheus",
        "current": {},
        "hide": 0,
        "includeAll": False,
        "multi": False,
        "options": [],
        "refresh": 1,
        "regex": "",
        "skipUrlSync": False,
    }


def _alerts(language: str) -> dict[str, Any]:
    """Marks the times at which an alert fired on all graphs."""
    return {
        "name": _ALERTS[language],
        "datasource": {"type": "prometheus", "uid": "${datasource}"},
        "enable": True,
        "hide": False,
        "iconColor": "red",
        "expr": 'ALERTS{alertstate="firing",severity="critical"}',
        "titleFormat": "{{alertname}}",
        "step": "30s",
    }
