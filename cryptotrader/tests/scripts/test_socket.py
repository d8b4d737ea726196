"""The stream's socket: a restart is no outage, and a broken connection is one."""

import pytest

from cryptotrader.tests.support.node import in_node
from trading.streams.protocol import COMEBACKS_A_SECOND, RESTARTING, come_back

pytestmark = pytest.mark.process

BROWSER = """
    const sockets = [];
    globalThis.WebSocket = class extends EventTarget {
        static OPEN = 1;
        readyState = 1;
        constructor() { super(); sockets.push(this); }
        send() {}
        close() {}
        closes(code, reason = "") { this.dispatchEvent(Object.assign(new Event("close"), { code, reason })); }
        says(frame) { this.dispatchEvent(Object.assign(new Event("message"), { data: JSON.stringify(frame) })); }
    };
    globalThis.location = { protocol: "https:", host: "localhost" };
    globalThis.addEventListener = () => {};
    globalThis.document = new EventTarget();
    const waiting = [];
    const delays = [];
    globalThis.setTimeout = (doing, delay) => { delays.push(delay); return waiting.push(doing); };
    globalThis.setInterval = () => {};
    const { Socket } = await load("core/socket.js");
    const told = [];
    const socket = new Socket(["prices.BTC-USDT"]);
    socket.on("down", () => told.push("down"));
    socket.on("up", () => told.push("up"));
    socket.open();
    const subscribed = () => sockets.at(-1).says({ type: "subscribed", channel: "prices.BTC-USDT" });
    const comes_back = () => waiting.pop()();
    subscribed();
"""


def test_a_restart_is_followed_without_a_warning() -> None:
    told = in_node(BROWSER + "sockets[0].closes(1012); comes_back(); subscribed(); return [told, sockets.length];")
    assert told == [["up", "up"], 2]


def test_a_restart_with_nobody_behind_it_is_an_outage() -> None:
    told = in_node(BROWSER + "sockets[0].closes(1012); comes_back(); sockets[1].closes(1006); return told;")
    assert told == ["up", "down"]
    told = in_node(BROWSER + "sockets[0].closes(1012); comes_back(); sockets[1].closes(1012); return told;")
    assert told == ["up", "down"]


def test_a_broken_connection_is_told_at_once() -> None:
    assert in_node(BROWSER + "sockets[0].closes(1006); return told;") == ["up", "down"]


def test_pages_that_are_closed_together_come_back_over_the_time_that_the_server_names() -> None:
    reason = come_back(RESTARTING, 20 * COMEBACKS_A_SECOND)
    assert reason.endswith("20 s")
    told, delays = in_node(
        BROWSER + f"for (let n = 0; n < 200; n++) {{ sockets.at(-1).closes(1012, '{reason}'); comes_back(); "
        "subscribed(); } return [told, delays];"
    )
    assert told[:3] == ["up", "down", "up"]
    assert max(delays) < 20_500
    for second in (0, 5, 10, 15):
        assert sum(second * 1000 <= delay < (second + 5) * 1000 for delay in delays) > 20


def test_a_short_time_to_come_back_is_no_outage() -> None:
    reason = come_back(RESTARTING, 1)
    told = in_node(BROWSER + f"sockets[0].closes(1012, '{reason}'); comes_back(); subscribed(); return told;")
    assert told == ["up", "up"]
