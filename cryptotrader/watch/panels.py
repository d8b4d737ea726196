"""The panels of Grafana's dashboards."""

from collections.abc import Mapping, Sequence
from string import ascii_uppercase
from typing import Any

Definition = Mapping[str, Any]
Place = Mapping[str, int]
DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
_REDUCED = {"calcs": ["lastNotNull"], "fields": "", "values": False}
_OPTIONS: Mapping[str, Mapping[str, Any]] = {
    "timeseries": {
        "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "desc"},
    },
    "stat": {
        "colorMode": "value",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "reduceOptions": _REDUCED,
        "textMode": "auto",
    },
    "gauge": {
        "orientation": "auto",
        "reduceOptions": _REDUCED,
        "showThresholdLabels": False,
        "showThresholdMarkers": True,
    },
    "table": {"showHeader": True, "cellHeight": "sm", "footer": {"show": False, "reducer": ["sum"], "fields": ""}},
}
KINDS = tuple(_OPTIONS)


def said(text: str | Mapping[str, str], language: str) -> str:
    """The text in this language. One that is the same in all is a plain string."""
    return text if isinstance(text, str) else text[language]


def row(definition: Definition, language: str, *, id: int, top: int) -> dict[str, Any]:
    """The heading above the panels of a row."""
    return {
        "id": id,
        "type": "row",
        "title": said(definition["title"], language),
        "collapsed": False,
        "gridPos": {"x": 0, "y": top, "w": 24, "h": 1},
        "panels": [],
    }


def panel(definition: Definition, language: str, *, id: int, place: Place) -> dict[str, Any]:
    """A panel, with a target for each query."""
    kind = definition.get("kind", "timeseries")
    return {
        "id": id,
        "type": kind,
        "title": said(definition["title"], language),
        "datasource": DATASOURCE,
        "gridPos": dict(place),
        "fieldConfig": {"defaults": _defaults(definition, kind, language), "overrides": []},
        "options": _OPTIONS[kind],
        "targets": [
            _target(ref, query, kind, language)
            for ref, query in zip(ascii_uppercase, definition["queries"], strict=False)
        ],
    }


def _target(ref: str, query: Sequence[Any], kind: str, language: str) -> dict[str, Any]:
    expression, legend = query
    target = {"refId": ref, "datasource": DATASOURCE, "expr": expression, "legendFormat": said(legend, language)}
    now_only = kind == "table"
    return target | {"range": not now_only, "instant": now_only, "format": "table" if now_only else "time_series"}


def _defaults(definition: Definition, kind: str, language: str) -> dict[str, Any]:
    steps = [{"color": definition.get("base", "green"), "value": None}]
    steps += [{"color": color, "value": value} for value, color in definition.get("thresholds", [])]
    defaults: dict[str, Any] = {
        "unit": definition.get("unit", "short"),
        "color": {"mode": "palette-classic" if kind == "timeseries" else "thresholds"},
        "thresholds": {"mode": "absolute", "steps": steps},
        "mappings": [_mappings(definition["values"], language)] if "values" in definition else [],
    }
    defaults |= {name: definition[name] for name in ("decimals", "max") if name in definition}
    if kind == "timeseries":
        defaults["custom"] = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 20 if definition.get("stacked") else 5,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if definition.get("stacked") else "none", "group": "A"},
        }
    return defaults


def _mappings(values: Mapping[int, Mapping[str, str]], language: str) -> dict[str, Any]:
    """Words and colours in place of numbers."""
    options = {
        str(value): {"text": word[language], "color": word["color"], "index": index}
        for index, (value, word) in enumerate(values.items())
    }
    return {"type": "value", "options": options}
