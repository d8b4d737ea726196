"""One gesture is one order: presses as a browser tells of them, at times in milliseconds."""

import pytest

from cryptotrader.tests.support.node import in_node

pytestmark = pytest.mark.process

TAKEN = """
    let clock = 0;
    performance.now = () => clock;
    const { Gesture } = await load("core/gesture.js");
    const gesture = new Gesture();
    const taken = [];
    for (const { at, detail = 1, lasts = 0 } of given) {
        clock = at;
        const done = gesture.take({ detail, timeStamp: at }, async () => { taken.push(at); clock = at + lasts; });
        await done;
    }
    return taken;
"""


def test_a_second_press_within_the_rest_or_of_a_double_click_is_the_same_gesture() -> None:
    for gap in (60, 150, 300, 650):
        assert in_node(TAKEN, [{"at": 1000}, {"at": 1000 + gap}]) == [1000], gap
    slow_double_click = [{"at": 1000, "detail": 1}, {"at": 1900, "detail": 2}]
    assert in_node(TAKEN, slow_double_click) == [1000]


def test_pressing_on_never_orders_twice_and_a_new_press_later_does() -> None:
    burst = [{"at": 1000 + step * 300} for step in range(20)]
    assert in_node(TAKEN, [*burst, {"at": 9000}]) == [1000, 9000]


def test_a_press_made_before_the_result_could_be_seen_is_the_same_gesture() -> None:
    assert in_node(TAKEN, [{"at": 1000, "lasts": 2000}, {"at": 3300}, {"at": 5000}]) == [1000, 5000]


def test_presses_while_an_order_is_on_its_way_are_the_same_gesture() -> None:
    taken = in_node("""
        const { Gesture } = await load("core/gesture.js");
        const gesture = new Gesture();
        const taken = [];
        let answer;
        const order = (at) => gesture.take({ detail: 0, timeStamp: at }, () => {
            taken.push(at);
            return new Promise((resolve) => { answer = resolve; });
        });
        const first = order(1000);
        await order(60_000);
        answer();
        await first;
        return { taken, held: gesture.holds() };
    """)
    assert taken == {"taken": [1000], "held": True}


def test_a_gesture_ends_although_its_order_fails() -> None:
    fails = """
        const { Gesture } = await load("core/gesture.js");
        const gesture = new Gesture();
        const fail = async () => { throw new Error("refused"); };
        const told = await gesture.take({ detail: 1, timeStamp: 0 }, fail).catch((error) => error.message);
        return [told, gesture.holds(), gesture.holds(performance.now() + 1000)];
    """
    assert in_node(fails) == ["refused", True, False]


FORMS = """
    class HTMLFormElement extends EventTarget {
        constructor(method) { super(); this.getAttribute = () => method; }
    }
    class HTMLTextAreaElement extends EventTarget {}
    const onWindow = new EventTarget();
    Object.assign(globalThis, {
        HTMLFormElement, HTMLTextAreaElement, document: new EventTarget(),
        addEventListener: onWindow.addEventListener.bind(onWindow),
    });
    await load("core/forms.js");
    const tell = (type, target, facts) => {
        const event = new Event(type, { cancelable: true });
        for (const [name, value] of Object.entries({ target, ...facts })) Object.defineProperty(event, name, { value });
        return document.dispatchEvent(event);
    };
"""


def test_a_form_that_changes_something_is_sent_once_until_the_page_is_left_or_has_waited_long() -> None:
    sent = in_node(
        FORMS
        + """
        const [post, other, get] = ["post", "post", "get"].map((method) => new HTMLFormElement(method));
        const submit = (form, timeStamp) => tell("submit", form, { timeStamp });
        const first = [submit(post, 0), submit(post, 100), submit(post, 5000), submit(other, 5000)];
        const search = [submit(get, 0), submit(get, 10)];
        const again = [submit(post, 10_001), submit(post, 10_100)];
        onWindow.dispatchEvent(new Event("pageshow"));
        return { first, search, again, back: submit(post, 10_200) };
    """
    )
    assert sent == {"first": [True, False, False, True], "search": [True, True], "again": [True, False], "back": True}


def test_a_held_key_presses_once() -> None:
    pressed = in_node(
        FORMS
        + """
        const keys = (target, key, repeat) => tell("keydown", target, { key, repeat });
        const button = new EventTarget();
        return [keys(button, "Enter", false), keys(button, "Enter", true), keys(button, "ArrowUp", true),
                keys(new HTMLTextAreaElement(), "Enter", true)];
    """
    )
    assert pressed == [True, False, True, True]
