"""Grafana's dashboards: the files are those that their definitions make, and Grafana can read them."""

import json
import re
from itertools import combinations
from typing import Any

import pytest

from cryptotrader.watch.dashboards import GRAFANA, LANGUAGES, definitions, files
from cryptotrader.watch.panels import KINDS

BOARDS = {path.relative_to(GRAFANA / "dashboards"): json.loads(text) for path, text in files().items()}
UNITS = {"short", "s", "bytes", "Bps", "percentunit"}


def panels(board: dict[str, Any]) -> list[dict[str, Any]]:
    return [panel for panel in board["panels"] if panel["type"] != "row"]


def test_the_files_are_made_of_the_definitions() -> None:
    """Else run `python -m cryptotrader.watch dashboards`."""
    made = files()
    assert {path for path in (GRAFANA / "dashboards").rglob("*") if path.is_file()} == set(made)
    assert [path for path, content in made.items() if path.read_text() != content] == []


def test_each_dashboard_is_there_in_each_language() -> None:
    assert {path.as_posix() for path in BOARDS} == {
        f"{language}/{definition['uid']}.json" for definition in definitions() for language in LANGUAGES
    }
    assert len({board["uid"] for board in BOARDS.values()}) == len(BOARDS)
    for name in ("business.json", "technical.json"):
        english, korean = (BOARDS[path] for path in BOARDS if path.name == name)
        asked = [
            [target["expr"] for panel in panels(board) for target in panel["targets"]] for board in (english, korean)
        ]
        assert asked[0] == asked[1]
        assert re.search("[가-힣]", korean["title"])


@pytest.mark.parametrize("board", BOARDS.values(), ids=map(str, BOARDS))
def test_grafana_can_read_a_dashboard(board: dict[str, Any]) -> None:
    assert (board["schemaVersion"], len(panels(board)) > 10) == (38, True)
    ids = [panel["id"] for panel in board["panels"]]
    assert len(ids) == len(set(ids))
    names = [variable["name"] for variable in board["templating"]["list"]]
    for panel in panels(board):
        assert panel["type"] in KINDS
        assert panel["title"]
        assert panel["fieldConfig"]["defaults"]["unit"] in UNITS
        assert panel["fieldConfig"]["defaults"]["thresholds"]["steps"][0]["value"] is None
        refs = [target["refId"] for target in panel["targets"]]
        assert len(refs) == len(set(refs)) > 0
        for source in [panel["datasource"], *(target["datasource"] for target in panel["targets"])]:
            assert source == {"type": "prometheus", "uid": f"${{{names[0]}}}"}


@pytest.mark.parametrize("board", BOARDS.values(), ids=map(str, BOARDS))
def test_no_panel_covers_another(board: dict[str, Any]) -> None:
    places = [panel["gridPos"] for panel in board["panels"]]
    assert all(place["x"] + place["w"] <= 24 for place in places)
    for a, b in combinations(places, 2):
        apart = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        assert apart or a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]


@pytest.mark.parametrize("definition", definitions(), ids=lambda definition: str(definition["uid"]))
def test_each_text_of_a_definition_is_in_both_languages(definition: dict[str, Any]) -> None:
    texts = [definition["title"], definition["description"]]
    for row in definition["rows"]:
        texts += [row["title"], *(panel["title"] for panel in row["panels"])]
        texts += [word for panel in row["panels"] for word in panel.get("values", {}).values()]
        texts += [legend for panel in row["panels"] for _, legend in panel["queries"] if not isinstance(legend, str)]
    assert all(text["en"] and text["ko"] for text in texts)
    proper = {"Celery", "PostgreSQL", "Redis", "nginx"}
    assert [text for text in texts if text["en"] not in proper and not re.search("[가-힣]", text["ko"])] == []
