"""Elapsed time goes by a clock that nobody can set, and a dead socket is noticed in time."""

import re

import pytest

from cryptotrader.tests.support.node import JS, in_node

SERVER_START = 1_800_000_000_000
WALL = re.compile(r"Date\.now|new Date\(\)")
DEVICE = """
    // A device that stands still until `pass`, with a clock that can be set and a steady one that may stop in sleep.
    const device = { wall: 5_000_000, steady: 1000, server: SERVER_START, timers: [] };
    Date.now = () => device.wall;
    performance.now = () => device.steady;
    globalThis.setInterval = (act, every) => { device.timers.push({ act, every, due: device.steady + every }); };
    const settle = () => new Promise((resolve) => setImmediate(resolve));
    const pass = async (ms) => {
        for (let step = 0; step < ms; step += 200) {
            device.wall += 200; device.steady += 200; device.server += 200;
            for (const timer of device.timers.filter(({ due }) => due <= device.steady)) {
                timer.due += timer.every;
                timer.act();
            }
            await settle();
        }
    };
    const sleep = (ms) => { device.wall += ms; device.server += ms; };
    device.asked = 0;
    globalThis.fetch = async () => {
        device.asked += 1;
        if (device.offline) throw new TypeError("Failed to fetch");
        return new Response(JSON.stringify({ time: new Date(device.server).toISOString() }));
    };
""".replace("SERVER_START", str(SERVER_START))
CLOCK = (
    DEVICE
    + """
    const clock = await load("core/clock.js");
    const error = () => Math.round(clock.now() - device.server);
"""
)
SOCKET = (
    DEVICE
    + """
    const sockets = [];
    const onWindow = new EventTarget();
    class WebSocket extends EventTarget {
        static OPEN = 1;
        readyState = 1;
        sent = [];
        constructor() { super(); sockets.push(this); }
        send(text) { this.sent.push(JSON.parse(text).op); }
        close() { this.readyState = 2; }  // a dead one never tells that it closed
        hear(frame) {
            const event = new Event("message");
            this.dispatchEvent(Object.assign(event, { data: JSON.stringify(frame) }));
        }
    }
    globalThis.setTimeout = () => 0;
    Object.assign(globalThis, {
        WebSocket, location: { protocol: "https:", host: "x" }, document: new EventTarget(),
        addEventListener: onWindow.addEventListener.bind(onWindow),
    });
    const { Socket } = await load("core/socket.js");
    const socket = new Socket(["trades"]);
    const told = [];
    for (const name of ["up", "down"]) {
        socket.on(name, () => told.push([name, Math.round((device.server - SERVER_START) / 1000)]));
    }
    socket.open();
    sockets[0].dispatchEvent(new Event("open"));
    sockets[0].hear({ type: "subscribed" });
""".replace("SERVER_START", str(SERVER_START))
)


@pytest.mark.process
def test_setting_the_devices_clock_moves_nothing() -> None:
    errors = in_node(
        CLOCK
        + """
        const known = [clock.isKnown()];
        await clock.synchronise();
        known.push(clock.isKnown());
        const errors = [error()];
        for (const set of [-3_600_000, 86_400_000, -90_000]) {
            device.wall += set;
            await pass(5000);
            errors.push(error());
        }
        return { known, errors, isKnown: clock.isKnown() };
        """
    )
    assert errors == {"known": [False, True], "errors": [0, 0, 0, 0], "isKnown": True}


@pytest.mark.process
def test_after_a_sleep_no_price_looks_fresh_before_the_server_has_told_the_time() -> None:
    woken = in_node(
        CLOCK
        + """
        await clock.synchronise();
        device.offline = true;
        sleep(600_000);
        await pass(1000);
        const woken = [error(), clock.isKnown()];
        device.offline = false;
        await pass(6000);
        clock.doubt();
        await settle(); await settle(); await settle();
        return [...woken, error(), clock.isKnown()];
        """
    )
    assert woken == [0, False, 0, True]


@pytest.mark.process
@pytest.mark.parametrize("set_clock", [0, -3_600_000, 3_600_000])
def test_a_dumb_socket_is_given_up_within_5_seconds_after_its_heartbeat_was_due(set_clock: int) -> None:
    told = in_node(SOCKET + "await pass(2000); device.wall += given; await pass(30_000); return told;", set_clock)
    (_up, down) = told
    assert down[0] == "down"
    assert 2 < down[1] <= 20


@pytest.mark.process
def test_heartbeats_keep_a_socket() -> None:
    told = in_node(
        SOCKET
        + """
        for (let minute = 0; minute < 8; minute += 1) { await pass(15_000); sockets[0].hear({ type: "heartbeat" }); }
        return [told.length, sockets.length, sockets[0].sent];
        """
    )
    assert told == [1, 1, ["subscribe"]]


@pytest.mark.process
def test_a_connection_that_missed_something_is_given_up_for_a_new_one() -> None:
    renewed = in_node(
        SOCKET
        + """
        globalThis.setTimeout = (act) => { act(); return 0; };
        socket.renew();
        sockets[1].dispatchEvent(new Event("open"));
        sockets[0].hear({ type: "heartbeat" });
        return [told.map(([name]) => name), sockets.map(({ readyState }) => readyState), sockets[1].sent];
        """
    )
    assert renewed == [["up", "down"], [2, 1], ["subscribe"]]


@pytest.mark.process
@pytest.mark.parametrize("back", ["woke", "visible", "pageshow", "online"])
def test_on_coming_back_a_socket_proves_within_seconds_that_it_lives(back: str) -> None:
    answers = in_node(
        SOCKET
        + """
        const comeBack = {
            woke: () => sleep(600_000),
            visible: () => document.dispatchEvent(new Event("visibilitychange")),
            pageshow: () => onWindow.dispatchEvent(new Event("pageshow")),
            online: () => onWindow.dispatchEvent(new Event("online")),
        }[given];
        comeBack();
        await pass(1000);
        sockets[0].hear({ type: "pong" });
        await pass(6000);
        const lives = told.length;
        sockets[0].hear({ type: "heartbeat" });
        comeBack();
        await pass(6000);
        return [lives, told.map(([name]) => name), sockets[0].sent];
        """,
        back,
    )
    assert answers == [1, ["up", "down"], ["subscribe", "ping", "ping"]]


def test_no_script_measures_by_the_clock_of_the_device() -> None:
    """wake.js compares both clocks, the first guess of clock.js is replaced, times.js asks for a zone's name, and
    settings.js shows the hour in a zone."""
    users = {path.name for path in JS.rglob("*.js") if WALL.search(path.read_text())}
    assert users == {"wake.js", "clock.js", "times.js", "settings.js"}
