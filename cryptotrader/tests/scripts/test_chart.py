"""What the chart draws: clusters instead of a pile, honest gaps, one sum for results of one moment."""

from typing import Any

import pytest

from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process

CLUSTER = (
    "const { clusters } = await load('chart/clusters.js'); return clusters(given).map(({ text, y }) => [text, y]);"
)
POINTS = (
    "const { pointsDrawn } = await load('chart/points.js'); return pointsDrawn(given.points, given.kind, given.step);"
)
TOGETHER = """
    const { sumOf, together } = await load("chart/exits.js");
    return together(given).map((trades) => [trades.length, sumOf(trades)]);
"""


def mark(x: float, y: float, amount: str = "10.00", direction: str = "up") -> dict[str, object]:
    return {"x": x, "y": y, "amount": amount, "direction": direction}


def test_near_trades_of_one_direction_share_a_label() -> None:
    marks = [mark(100 + n, 50 + n) for n in range(9)]
    assert in_node(CLUSTER, marks) == [["▲ 9 × 10", 54]]
    assert in_node(CLUSTER, [mark(100, 50), mark(100, 52, "25.50")]) == [["▲ 2 · 35.50", 51]]
    assert in_node(CLUSTER, [mark(100, 50), mark(100, 52, direction="down")]) == [["▲ 10", 50], ["▼ 10", 52]]
    assert in_node(CLUSTER, [mark(100, 50), mark(100, 90), mark(400, 50)]) == [["▲ 10", 50], ["▲ 10", 50], ["▲ 10", 90]]
    assert in_node(CLUSTER, []) == []


def test_a_crowd_becomes_a_few_labels() -> None:
    marks = [mark(100 + 3 * (n % 5), 200 + (n * 37) % 60, direction="up" if n % 3 else "down") for n in range(25)]
    labels = in_node(CLUSTER, marks)
    assert len(labels) <= 4
    assert sum(int(text.split()[1]) for text, _y in labels) == 25


@pytest.mark.parametrize(("step", "apart", "broken"), [(1, 3, False), (1, 4, True), (60, 60, False), (60, 120, True)])
def test_a_line_breaks_off_where_there_was_no_price(step: int, apart: int, broken: bool) -> None:
    points = [{"time": at, "open": 1, "high": 1, "low": 1, "close": 1} for at in (0, apart)]
    first, last = in_node(POINTS, {"points": points, "kind": "line", "step": step})
    assert (first.get("lineColor") == "transparent") == broken
    assert last == {"time": apart, "value": 1}
    candles: Any = in_node(POINTS, {"points": points, "kind": "candles", "step": step})
    assert candles == points


def test_results_that_follow_closely_are_one_sum() -> None:
    def settled(second: int, profit: str) -> dict[str, object]:
        return {"expires_at": f"2026-03-01T12:00:{second:02}Z", "sold_priced_at": None, "profit": profit}

    trades = [settled(30, "8.50"), settled(1, "-10.00"), settled(3, "8.50"), settled(9, "0.00")]
    assert in_node(TOGETHER, trades) == [[3, "-1.50"], [1, "8.50"]]
