"""The labels of trades in the chart can all be read: none is cut off, none lies over another."""

from itertools import pairwise
from random import Random

import pytest

from cryptotrader.tests.support.node import in_node

SIZE = {"width": 360, "height": 280}
BODY = """
    const { placed } = await load("chart/labels.js");
    const all = (boxes, taken) => boxes.map((box) => placed(box, taken, given.size));
    return given.charts.map((boxes) => all(boxes, []));
"""


def drawn(chance: Random) -> dict[str, float]:
    return {"x": chance.uniform(-50, 400), "y": chance.uniform(-20, 300), "width": chance.uniform(20, 70)}


@pytest.mark.process
def test_every_label_is_inside_and_none_lies_over_another() -> None:
    chance = Random(7)
    charts = [[drawn(chance) for _ in range(chance.randint(1, 8))] for _ in range(300)]
    charts.append([{"x": 350.0, "y": 100.0, "width": 60.0}] * 6)  # six trades of one second, near the edge
    for chart in in_node(BODY, {"charts": charts, "size": SIZE}):
        for box in chart:
            assert 4 <= box["x"] <= SIZE["width"] - box["width"] - 4
            assert 14 <= box["y"] <= SIZE["height"] - 4
        for index, one in enumerate(chart):
            for other in chart[index + 1 :]:
                apart = abs(one["y"] - other["y"]) >= 13.99
                beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
                assert apart or beside


@pytest.mark.process
def test_a_label_with_room_stays_where_it_belongs() -> None:
    chart = [{"x": 100.0, "y": 40.0 * n, "width": 50.0} for n in range(1, 6)]
    (found,) = in_node(BODY, {"charts": [chart], "size": SIZE})
    assert found == chart
    assert all(one["y"] < other["y"] for one, other in pairwise(found))
