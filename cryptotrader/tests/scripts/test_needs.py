"""What a browser must have: the page says what is missing, and calls nothing that isn't on its list."""

import re

import pytest

from cryptotrader.local.home import ROOT
from cryptotrader.tests.support.node import JS, in_node

NEEDS = JS / "core" / "needs.js"
SCRIPTS = [path for path in sorted(JS.rglob("*.js")) if path != NEEDS]
# Scripts of modules are of 2020 and younger browsers; this came later. TypeScript's `lib` bounds the language itself.
SINCE_2021 = {
    r"\.at\(": "Array.prototype.at",
    r"\.replaceAll\(": "String.prototype.replaceAll",
    r"\.replaceChildren\(": "Element.prototype.replaceChildren",
    r"\.showModal\(": "HTMLDialogElement.prototype.showModal",
    r"\.submitter": "SubmitEvent.prototype.submitter",
    r"\bBroadcastChannel\b": "BroadcastChannel",
    r"\bAbortController\b": "AbortController",
    r"\bgetRandomValues\(": "crypto.getRandomValues",
}
# In no browser of spring 2022. With `?.` or behind a question they may be used.
TOO_NEW = re.compile(
    r"AbortSignal\.(timeout|any)\(|structuredClone\(|reportError\(|\.checkVisibility\(|\.randomUUID\(|\.showPopover\("
    r"|\.requestSubmit\(|CompressionStream|URL\.canParse\(|Promise\.withResolvers|\.closeWatcher|scheduler\.|navigation\."
    r"|\.hasUAVisualTransition|\.startViewTransition\(|parseCreationOptionsFromJSON|parseRequestOptionsFromJSON|\.toJSON\("
)
IN_A_BROWSER = """
    const { readFile } = await import("node:fs/promises");
    const { runInNewContext } = await import("node:vm");
    const banners = { old: { hidden: true }, unstarted: { hidden: true } };
    class HTMLElement { static [Symbol.hasInstance] = () => true; }
    class Element { replaceChildren() {} }
    class HTMLDialogElement { showModal() {} }
    class SubmitEvent { get submitter() { return null; } }
    const dataset = given.dataset;
    const listeners = {};
    class HTMLScriptElement { static [Symbol.hasInstance] = (it) => it?.tag === "SCRIPT"; }
    const window = {
        AbortController, BroadcastChannel, WebSocket: class {}, crypto: { getRandomValues() {} }, HTMLElement, Element,
        HTMLDialogElement, HTMLScriptElement, SubmitEvent, CSSLayerBlockRule: class {}, Array, String, BigInt,
        document: {
            documentElement: { dataset },
            querySelector: (selector) => {
                if (selector === "[data-needs-script]") return given.waits ? {} : null;
                return banners[/"(.*?)"/.exec(selector)[1]];
            },
        },
        addEventListener: (name, listener) => { listeners[name] = listener; },
        removeEventListener: (name) => { delete listeners[name]; },
    };
    window.window = window;
    for (const name of given.without) delete window[name];
    runInNewContext(await readFile(new URL(given.script), "utf8"), window);
    if (given.fails === "window") listeners.error({ target: window, message: "x is undefined" });
    else if (given.fails) listeners.error({ target: { tag: given.fails } });
    const before = !banners.unstarted.hidden;
    if (given.starts) dataset.ready = "";
    listeners.load();
    if ("error" in listeners) throw new Error("it listens for ever");
    return { lacks: dataset.lacks ?? null, old: !banners.old.hidden, unstarted: [before, !banners.unstarted.hidden] };
"""


def opened(*, without: tuple[str, ...] = (), starts: bool = True, waits: bool = True, fails: str = "") -> object:
    given = {"script": NEEDS.as_uri(), "without": without, "starts": starts, "waits": waits, "fails": fails}
    return in_node(IN_A_BROWSER, given | {"dataset": {}})


@pytest.mark.process
def test_a_browser_without_something_is_told_to_be_too_old() -> None:
    fine = {"lacks": None, "old": False, "unstarted": [False, False]}
    assert opened() == fine
    assert opened(without=("BroadcastChannel",)) == fine | {"lacks": "BroadcastChannel", "old": True}
    missing = {"lacks": "CSSLayerBlockRule HTMLDialogElement.prototype.showModal", "old": True}
    assert opened(without=("HTMLDialogElement", "CSSLayerBlockRule"), starts=False) == fine | missing


@pytest.mark.process
def test_a_page_whose_modules_failed_says_that_it_could_not_start() -> None:
    assert opened(starts=False) == {"lacks": None, "old": False, "unstarted": [False, True]}
    assert opened(starts=False, waits=False) == {"lacks": None, "old": False, "unstarted": [False, False]}


@pytest.mark.process
@pytest.mark.parametrize(("fails", "told"), [("SCRIPT", True), ("window", True), ("IMG", False), ("LINK", False)])
def test_a_script_that_does_not_arrive_is_told_on_every_page(fails: str, told: bool) -> None:
    """Of a module it is the script's error too when one of its imports doesn't arrive."""
    assert opened(waits=False, fails=fails) == {"lacks": None, "old": False, "unstarted": [told, told]}


def test_each_of_the_two_scripts_of_every_page_looks_after_the_other() -> None:
    base = (ROOT / "templates" / "base.html").read_text()
    assert base.index("built/needs.js") < base.index("built/page.js")  # deferred: they run in this order
    assert 'data-banner="unstarted"' in base
    assert '"needs" in document.documentElement.dataset' in (JS / "core" / "page.js").read_text()


def test_what_the_scripts_call_is_on_the_list() -> None:
    code = "".join(path.read_text() for path in SCRIPTS)
    listed = NEEDS.read_text()
    called = {name for call, name in SINCE_2021.items() if re.search(call, code)}
    assert called == set(SINCE_2021.values())
    assert [name for name in called if name not in listed] == []


def test_nothing_newer_than_the_list_is_called_without_a_question() -> None:
    assert {path.name: found[0] for path in SCRIPTS if (found := TOO_NEW.search(path.read_text()))} == {}
