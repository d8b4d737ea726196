"""The receipts in a proof, in the browser's check: what the script finds without the chain, it finds too."""

import json
from collections.abc import Callable, Iterator

import pytest

from cryptotrader.tests.support.browser_check import BrowserCheck
from trading.domain.proof.jws import new_private_key, sign
from trading.domain.proof.proof import TYP
from trading.tests.script import load_script
from trading.tests.services.proof.test_receipt_forgeries import Held, held, jwks
from trading.tests.services.proof.test_receipt_pages import beginnings, forged_pages, page_of

__all__ = ["held"]
pytestmark = pytest.mark.process
script = load_script()
Change = Callable[[Held], object]


@pytest.fixture(scope="module")
def browser_check() -> Iterator[BrowserCheck]:
    with BrowserCheck() as running:
        yield running


def of_another_key(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], private=new_private_key())


def with_other_terms(held: Held) -> None:
    held.proof["trade"]["payout_version"] = 77


def with_another_minimum(held: Held) -> None:
    held.proof["closes"][0]["min_price"] = held.proof["trade"]["close"]["min_price"] = "91.00"


def of_another_price(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], price_digest="00" * 32)


def in_another_order(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], number=9)


def in_another_form(held: Held) -> None:
    held.proof["trade"]["receipt"] = held.resigned(held.chain[0], number=0)


def no_receipt(held: Held) -> None:
    held.proof["trade"]["receipt"] = "a.b.c"


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda held: None, set()),
        (lambda held: held.proof["trade"].update(receipt=None), set()),
        (with_other_terms, {"receipt"}),
        (with_another_minimum, {"receipt"}),
        (of_another_key, {"receipt"}),
        (of_another_price, {"receipt", "receipt-chain"}),
        (in_another_order, {"receipt-chain"}),
        (in_another_form, {"receipt"}),
        (no_receipt, {"receipt"}),
    ],
)
def test_it_finds_what_the_script_finds(
    browser_check: BrowserCheck, held: Held, change: Change, expected: set[str]
) -> None:
    change(held)
    document = sign(held.proof, private=held.private, typ=TYP)
    found = browser_check.verify(document, jwks())
    report, _ = script.verify(document, jwks())
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert found.codes - {"outcome", "terms"} == expected
    assert sorted(found.notes) == sorted(report.notes)
    assert found.steps["receipts"] == ("fails" if expected else "holds")


def compare_alone(browser_check: BrowserCheck, chain: str, kept: str = "") -> None:
    """The browser judges two files as the script does."""
    found = browser_check.verify_chain(jwks(), chain, kept)
    try:
        given, held = script.receipts_in(chain, "chain"), script.receipts_in(kept, "kept")
        report = script.verify_chain(jwks(), given, held)
    except script.Unreadable:
        assert found is None, found
        return
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert sorted(found.notes) == sorted(report.notes)
    assert (found.verdict == "agrees") is (not report.faults)


def test_pages_and_beginnings_are_judged_as_by_the_script(browser_check: BrowserCheck, held: Held) -> None:
    for forged, _ in forged_pages(held.chain):
        compare_alone(browser_check, forged)
    for chain, kept, _ in beginnings(held.chain):
        compare_alone(browser_check, "\n".join(chain), "\n".join(kept))
    for content in ("", '{"results": []}'):
        compare_alone(browser_check, content)
        compare_alone(browser_check, content, held.chain[-1])


FORGED: dict[str, Callable[[Held], tuple[list[str], list[str]]]] = {
    "nothing": lambda held: (held.chain, held.chain),
    "only the last one kept": lambda held: (held.chain, held.chain[-1:]),
    "none kept": lambda held: (held.chain, []),
    "terms changed": lambda held: ([held.resigned(held.chain[0], amount="8.00"), *held.chain[1:]], held.chain[-1:]),
    "terms changed, and all signed anew": lambda held: (
        held.rechained([held.resigned(held.chain[0], amount="8.00"), *held.chain[1:]]), held.chain[-1:]
    ),
    "the last order dropped": lambda held: (held.chain[:-1], held.chain[-1:]),
    "a close order hidden": lambda held: ([held.chain[0], held.chain[2]], []),
    "a close order hidden, and all signed anew": lambda held: (
        held.rechained([held.chain[0], held.chain[2]]), held.chain[1:2]
    ),
    "another key": lambda held: (
        [held.resigned(held.chain[0], private=new_private_key()), *held.chain[1:]], held.chain
    ),
    "a start cut off": lambda held: (held.chain[1:], held.chain),
    "a start cut off, and the rest signed anew": lambda held: (
        held.rechained([held.resigned(held.chain[0], amount="8.00"), *held.chain[1:]])[1:], held.chain[:1]
    ),
    "a start cut off, and none of it kept": lambda held: (held.chain[2:], held.chain[:1]),
    "a fork": lambda held: ([*held.chain, held.resigned(held.chain[2], amount="8.00")], held.chain),
    "another wallet": lambda held: (held.chain, [held.resigned(held.chain[0], wallet=77)]),
    "no receipt": lambda held: (["a.b.c", *held.chain], held.chain),
}  # fmt: skip


@pytest.mark.parametrize("forgery", FORGED)
def test_a_wallets_chain_is_judged_as_by_the_script(browser_check: BrowserCheck, held: Held, forgery: str) -> None:
    chain, kept = FORGED[forgery](held)
    compare_alone(browser_check, "\n".join(chain), "\n".join(kept))


def test_a_file_without_receipts_is_refused(browser_check: BrowserCheck, held: Held) -> None:
    chain = "\n".join(held.chain)
    for content in (" \n", "some words", '{"results": []}', '{"results": {}}', "{", '{"proof": {}}', "[1]"):
        assert browser_check.verify_chain(jwks(), chain, content) is None, content
        assert browser_check.verify_chain(jwks(), content) is None, content
    page = json.dumps(page_of(held.chain))
    found = browser_check.verify_chain(jwks(), chain, page)
    assert found is not None
    assert found.steps == {"receipts": "holds", "links": "holds", "kept": "holds"}
