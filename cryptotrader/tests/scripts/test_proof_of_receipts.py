"""The receipts in a proof, in the browser's check: what the script finds without the chain, it finds too."""

import json
from collections.abc import Callable, Iterator

import pytest

from cryptotrader.tests.support.browser_check import BrowserCheck
from trading.domain.proof.jws import new_private_key, public_jwk, sign
from trading.domain.proof.proof import TYP
from trading.selectors.proof.proofs import public_keys
from trading.tests.script import load_script
from trading.tests.services.proof.test_receipt_forgeries import Held, held

__all__ = ["held"]
pytestmark = pytest.mark.process
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
    document, jwks = (
        sign(held.proof, private=held.private, typ=TYP),
        {"keys": [public_jwk(key) for key in public_keys()]},
    )
    found = browser_check.verify(document, jwks)
    report, _ = load_script().verify(document, jwks)
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert found.codes - {"outcome", "terms"} == expected
    assert sorted(found.notes) == sorted(report.notes)
    assert found.steps["receipts"] == ("fails" if expected else "holds")


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
    jwks = {"keys": [public_jwk(key) for key in public_keys()]}
    chain, kept = FORGED[forgery](held)
    report = load_script().verify_chain(jwks, chain, kept)
    found = browser_check.verify_chain(jwks, chain, "\n".join(kept))
    assert found is not None
    assert found.codes == {code for code, _ in report.faults}, (found.faults, report.faults)
    assert sorted(found.notes) == sorted(report.notes)
    assert (found.verdict == "agrees") is (not report.faults)


def test_a_file_without_receipts_is_refused(browser_check: BrowserCheck, held: Held) -> None:
    jwks = {"keys": [public_jwk(key) for key in public_keys()]}
    for content in (" \n", "some words", '{"results": []}', '{"results": {}}', "{", '{"proof": {}}', "[1]"):
        assert browser_check.verify_chain(jwks, held.chain, content) is None, content
    page = json.dumps({"results": [{"receipt": each} for each in held.chain], "next": None})
    found = browser_check.verify_chain(jwks, held.chain, page)
    assert found is not None
    assert found.steps == {"receipts": "holds", "links": "holds", "kept": "holds"}
