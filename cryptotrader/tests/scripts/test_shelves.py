"""A browser may refuse a page its storage, by throwing at the very name of it: no page depends on it."""

import re

import pytest

from cryptotrader.tests.support.node import JS, in_node

STORAGES = {
    "none at all": "",
    "blocked": "for (const name of names) "
    "Object.defineProperty(globalThis, name, { get() { throw new Error(name); } });",
    "full": "for (const name of names) globalThis[name] = "
    "{ getItem: () => null, setItem() { throw new Error('QuotaExceededError'); } };",
}
BODY = """
    const names = ["localStorage", "sessionStorage"];
    for (const name of names) delete globalThis[name];
    %s
    const { device, visit } = await load("core/shelves.js");
    return [visit, device].map((shelf) => [shelf.keep("a", "b") ?? null, shelf.read("a")]);
"""


@pytest.mark.process
@pytest.mark.parametrize("storage", STORAGES)
def test_a_storage_that_throws_keeps_nothing(storage: str) -> None:
    assert in_node(BODY % STORAGES[storage]) == [[None, None], [None, None]]


@pytest.mark.process
def test_a_storage_that_works_keeps() -> None:
    works = "for (const name of names) { const kept = {}; globalThis[name] = "
    works += "{ getItem: (key) => kept[key] ?? null, setItem: (key, text) => { kept[key] = text; } }; }"
    assert in_node(BODY % works) == [[None, "b"], [None, "b"]]


def test_no_other_script_names_a_storage() -> None:
    named = [path.name for path in JS.rglob("*.js") if re.search(r"\b(local|session)Storage\b", path.read_text())]
    assert named == ["shelves.js"]
