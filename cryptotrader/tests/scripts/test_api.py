"""Calls of REST: what is the network, what is a refusal, and what is a fault of ours."""

import re

import pytest

from cryptotrader.tests.support.node import JS, in_node

ASK = """
    globalThis.document = { body: { dataset: { csrf: "token" } } };
    delete AbortSignal.timeout;
    const api = await load("core/api.js");
    const sent = [];
    // Retries go on at once; the time for an answer is over only where it is slow.
    let isSlow = false;
    globalThis.setTimeout = (done, wait) => {
        const due = () => { if (wait < 8000 || isSlow) done(); };
        setImmediate(due);
    };
    const network = {
        offline: () => { throw new TypeError("Failed to fetch"); },
        fault: () => { throw new RangeError("a fault of ours"); },
        slow: ({ signal }) => new Promise((_resolve, reject) => {
            isSlow = true;
            signal.addEventListener("abort", () => reject(signal.reason));
        }),
    };
    globalThis.fetch = async (_address, wish) => {
        isSlow = false;
        const answer = given[sent.length];
        sent.push(wish.headers.get("Idempotency-Key"));
        if (typeof answer === "string") return network[answer](wish);
        return new Response(answer.html ?? JSON.stringify(answer.body), { status: answer.status ?? 200 });
    };
    const told = await api.placeTrade({ amount: "1" }).then(
        (trade) => ({ trade }),
        (error) => ({ error: error.constructor.name, code: error.code ?? null }),
    );
    return { ...told, sent: sent.length, keys: new Set(sent).size };
"""
BARE_CATCH = re.compile(r"catch \{|\.catch\(\(\w*\) ?=>")


def placed(*answers: object) -> object:
    return in_node(ASK, answers)


@pytest.mark.process
def test_an_order_needs_no_new_feature_and_is_sent_again_with_its_key_until_it_is_answered() -> None:
    trade = {"body": {"id": "1"}}
    assert placed(trade) == {"trade": {"id": "1"}, "sent": 1, "keys": 1}
    unanswered = ["offline", {"status": 502, "html": "<html>"}, {"status": 503, "body": {"code": "unavailable"}}]
    assert placed(*unanswered, trade) == {"trade": {"id": "1"}, "sent": 4, "keys": 1}
    login_of_a_hotel = {"html": "<html>Welcome</html>"}
    assert placed(login_of_a_hotel, "slow", trade) == {"trade": {"id": "1"}, "sent": 3, "keys": 1}


BODIES: list[object] = [{}, {"id": 1}, [], None]
FAULTY: list[object] = [[], None, "no", {}, {"code": 5}]


@pytest.mark.process
@pytest.mark.parametrize(
    "unclear",
    [
        *({"status": status, "html": "<html>"} for status in (403, 404, 408, 500, 503)),
        *({"status": 500, "body": body} for body in FAULTY),
        *({"body": body} for body in BODIES),
    ],
    ids=str,
)
def test_an_answer_that_neither_takes_nor_refuses_an_order_leads_to_asking_again(unclear: object) -> None:
    """The order may have been taken: the page may not say that it was refused."""
    trade = {"body": {"id": "1"}}
    assert placed(unclear, trade) == {"trade": {"id": "1"}, "sent": 2, "keys": 1}
    assert placed(*[unclear] * 4) == {"error": "Unreachable", "code": None, "sent": 4, "keys": 1}


@pytest.mark.process
def test_a_refusal_and_a_fault_of_ours_are_neither_repeated_nor_taken_for_the_network() -> None:
    refused = {"status": 409, "body": {"code": "stale-price", "title": "Late"}}
    assert placed(refused) == {"error": "Problem", "code": "stale-price", "sent": 1, "keys": 1}
    assert placed("fault") == {"error": "RangeError", "code": None, "sent": 1, "keys": 1}
    assert placed(*["offline"] * 4) == {"error": "Unreachable", "code": None, "sent": 4, "keys": 1}


@pytest.mark.process
def test_a_fault_is_told_as_a_fault_and_goes_on_to_the_console() -> None:
    told = in_node("""
        const words = ["unreachable", "fault"].map((name) => ({ dataset: { word: name }, textContent: `[${name}]` }));
        globalThis.HTMLTemplateElement = class { content = { querySelectorAll: () => words }; };
        const documentElement = { lang: "en", dataset: {} };
        globalThis.document = { documentElement, getElementById: () => new HTMLTemplateElement() };
        const { Unreachable } = await load("core/api.js");
        const { explain } = await load("trading/ticket_words.js");
        const thrown = new Promise((resolve) => { process.once("uncaughtException", resolve); });
        const network = explain(new Unreachable()).title;
        const fault = explain(new TypeError("x is undefined")).title;
        return { network, fault, thrown: (await thrown).message };
    """)
    assert told == {"network": "[unreachable]", "fault": "[fault]", "thrown": "x is undefined"}


def test_no_script_swallows_an_error_that_it_has_not_looked_at() -> None:
    """times.js asks the browser for a zone that it may not know, shelves.js for its storage, page.js for a worker that
    it refuses in a private window: there is no other way."""
    silent = {path.name for path in JS.rglob("*.js") if BARE_CATCH.search(path.read_text())}
    assert silent == {"page.js", "shelves.js", "times.js"}
